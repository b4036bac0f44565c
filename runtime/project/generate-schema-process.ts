/**
 * Entry of the process that derives a JSON Schema: its argument is a source file.
 *
 * @module
 */
import { generateSchema } from "./generate-schema.ts";

const [, , file = ""] = process.argv;

process.send?.(generateSchema(file), () => process.disconnect());
