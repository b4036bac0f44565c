import { Anchor, Button, type AnchorProps, type ButtonProps } from "@mantine/core";
import { createLink, type LinkComponent } from "@tanstack/react-router";
import { forwardRef, type AnchorHTMLAttributes, type ReactNode } from "react";

type NativeAnchor = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof AnchorProps>;

const PlainLink = forwardRef<HTMLAnchorElement, AnchorProps & NativeAnchor & { readonly children?: ReactNode }>(function PlainLink(props, ref) {
  return <Anchor ref={ref} underline="hover" inherit {...props} />;
});
const ButtonLink = forwardRef<HTMLAnchorElement, Omit<ButtonProps, keyof NativeAnchor> & NativeAnchor & { readonly children?: ReactNode }>(function ButtonLink(props, ref) {
  return <Button component="a" ref={ref} {...props} />;
});

/** A link to a page of the dashboard: typed by the routes, loads the page's code on hover. */
export const AppLink: LinkComponent<typeof PlainLink> = createLink(PlainLink);

/** The same as a button. */
export const AppLinkButton: LinkComponent<typeof ButtonLink> = createLink(ButtonLink);
