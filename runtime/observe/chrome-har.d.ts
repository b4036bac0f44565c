declare module "chrome-har" {
  /** The part of HAR 1.2 that is handled here. */
  interface Har {
    readonly log: { readonly pages: readonly { readonly id: string; readonly title: string }[]; readonly entries: readonly { readonly pageref: string }[] };
  }
  /** Makes an archive of the messages of one page. */
  export function harFromMessages(messages: readonly { readonly method: string; readonly params: unknown }[], options?: { readonly includeTextFromResponseBody?: boolean }): Har;
}
