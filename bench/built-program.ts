import { join } from "node:path";

/** The program as it is installed: built, with the child as one file. */
export const PROGRAM = join(import.meta.dirname, "../bin/latchkey.js");
