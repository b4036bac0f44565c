/** What Windows calls keys that type nothing: Chrome acts on these numbers, not on names. */
const BY_KEY: Readonly<Record<string, number>> = {
  Backspace: 8, Tab: 9, Enter: 13, Shift: 16, Control: 17, Alt: 18, Pause: 19, CapsLock: 20, Escape: 27, " ": 32, PageUp: 33, PageDown: 34, End: 35, Home: 36,
  ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40, PrintScreen: 44, Insert: 45, Delete: 46, Meta: 91, ContextMenu: 93, NumLock: 144, ScrollLock: 145, AltGraph: 225,
};
const BY_CODE: Readonly<Record<string, number>> = { Semicolon: 186, Equal: 187, Comma: 188, Minus: 189, Period: 190, Slash: 191, Backquote: 192, BracketLeft: 219, Backslash: 220, BracketRight: 221, Quote: 222, IntlBackslash: 226 };
const FIRST_FUNCTION_KEY = 112;
const FIRST_NUMPAD_KEY = 96;

/** The virtual key code of a key; 0: none, and the key only types its text. */
export function keyCodeOf(key: string, code: string): number {
  const named = BY_KEY[key] ?? BY_CODE[code];
  if (named !== undefined) return named;
  const [, letter] = /^Key([A-Z])$/.exec(code) ?? [];
  if (letter !== undefined) return letter.charCodeAt(0);
  const [, digit] = /^Digit(\d)$/.exec(code) ?? [];
  if (digit !== undefined) return digit.charCodeAt(0);
  const [, numpad] = /^Numpad(\d)$/.exec(code) ?? [];
  if (numpad !== undefined) return FIRST_NUMPAD_KEY + Number(numpad);
  const [, functionKey] = /^F([1-9]|1[0-2])$/.exec(key) ?? [];
  return functionKey === undefined ? 0 : FIRST_FUNCTION_KEY - 1 + Number(functionKey);
}
