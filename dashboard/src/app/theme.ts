import { Anchor, createTheme, localStorageColorSchemeManager, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const latch: MantineColorsTuple = ["#eef2ff", "#dfe6fd", "#bccbf7", "#97adf1", "#7891eb", "#5f7be4", "#4b68dc", "#3451c6", "#2b43a8", "#213484"];

/** Calm surfaces, one accent, the system's own fonts (nothing is loaded from elsewhere). */
export const theme = createTheme({
  primaryColor: "latch",
  primaryShade: { light: 7, dark: 6 },
  colors: { latch, dark: ["#d7dae0", "#b4b9c4", "#9aa1af", "#6f7787", "#3b414d", "#2b303a", "#23272f", "#1c1f26", "#16181d", "#101216"] },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: { fontWeight: "650", sizes: { h1: { fontSize: "1.5rem", lineHeight: "1.3" }, h2: { fontSize: "1.125rem", lineHeight: "1.4" }, h3: { fontSize: "1rem", lineHeight: "1.4" } } },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  focusRing: "auto",
  // In a sentence, colour alone does not tell a link.
  components: { Anchor: Anchor.extend({ defaultProps: { underline: "always" } }) },
});

/** Colours of texts that are read on both schemes at the contrast that WCAG asks for; Mantine's own grey is too pale. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: { "--mantine-color-body": "#f7f8fa", "--mantine-color-text": "#1b1f27", "--mantine-color-dimmed": "#5a6270", "--mantine-color-placeholder": "#646c7a", "--mantine-color-error": "#b3261e", "--lk-surface": "#ffffff", "--lk-border": "#e2e5ea", "--lk-sunken": "#f0f2f5", "--lk-hover": "#f2f4f8" },
  dark: { "--mantine-color-body": "#16181d", "--mantine-color-text": "#e3e6eb", "--mantine-color-dimmed": "#a3abb9", "--mantine-color-placeholder": "#8f97a6", "--mantine-color-error": "#ff9a92", "--lk-surface": "#1c1f26", "--lk-border": "#31363f", "--lk-sunken": "#14161a", "--lk-hover": "#252a33" },
});

/** Remembers the choice under the key that `public/color-scheme.js` reads. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: "latchkey-color-scheme" });
