import { dirname } from "node:path";
import { createFormatter, createParser, SchemaGenerator, ts, type CompletedConfig } from "ts-json-schema-generator";
import { isJsonObject, type JsonSchema } from "../model/json.ts";
import type { GeneratedSchema } from "./parameter-schema.ts";

/** Derives the JSON Schema of the first parameter of a file's default export. */
export function generateSchema(file: string): GeneratedSchema {
  const program = createProgram(file);
  const files = program.getSourceFiles().filter(({ fileName, isDeclarationFile }) => !isDeclarationFile && !fileName.includes("/node_modules/")).map(({ fileName }) => fileName);
  const source = program.getSourceFile(file);
  if (source === undefined) return { problem: "the file cannot be read." };
  const declared = findFunction(source, program.getTypeChecker());
  if (declared === null) return { schema: null, files };
  const type = parameterType(declared);
  if (type === null || type.kind === ts.SyntaxKind.AnyKeyword || type.kind === ts.SyntaxKind.UnknownKeyword) return { schema: null, files };
  try {
    const config: CompletedConfig = { path: file, type: "*", expose: "none", topRef: false, jsDoc: "extended", skipTypeCheck: true, additionalProperties: false, strictTuples: true, encodeRefs: false, sortProps: true, minify: false, discriminatorType: "json-schema", extraTags: [], markdownDescription: false, fullDescription: false, functions: "fail" } as unknown as CompletedConfig;
    const generator = new SchemaGenerator(program, createParser(program, config), createFormatter(config), config);
    const schema: unknown = JSON.parse(JSON.stringify(generator.createSchemaFromNodes([type])));
    return isUsable(schema) ? { schema, files } : { problem: "the type says nothing that JSON could check." };
  } catch (thrown) {
    return { problem: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** Of the author's tsconfig.json only what decides which file an import means; their library and target may be newer than the generator. */
function createProgram(file: string): ts.Program {
  const configFile = ts.findConfigFile(dirname(file), (path) => ts.sys.fileExists(path));
  const parsed = configFile === undefined ? null : ts.parseJsonConfigFileContent(ts.readConfigFile(configFile, (path) => ts.sys.readFile(path)).config, ts.sys, dirname(configFile));
  const { paths, pathsBasePath, baseUrl, rootDirs, moduleSuffixes, customConditions } = parsed?.options ?? {};
  const resolution = Object.fromEntries(Object.entries({ paths, pathsBasePath, baseUrl, rootDirs, moduleSuffixes, customConditions }).filter(([, value]) => value !== undefined));
  return ts.createProgram([file], { ...resolution, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, target: ts.ScriptTarget.ES2022, types: [], strict: true, noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true, resolveJsonModule: true });
}

/** A schema of nothing would let everything, or nothing, through without a word. */
function isUsable(schema: unknown): schema is JsonSchema {
  return isJsonObject(schema) && !("not" in schema) && Object.keys(schema).some((key) => key !== "$schema" && key !== "definitions");
}

function findFunction(source: ts.SourceFile, checker: ts.TypeChecker): ts.SignatureDeclaration | null {
  const module = checker.getSymbolAtLocation(source);
  const symbol = module?.exports?.get(ts.InternalSymbolName.Default);
  for (const declaration of symbol?.declarations ?? []) {
    const found = functionIn(declaration, checker);
    if (found !== null) return found;
  }
  return null;
}

/** The function behind a declaration: written there, assigned to a constant, or exported under another name. */
function functionIn(node: ts.Node, checker: ts.TypeChecker): ts.SignatureDeclaration | null {
  if (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isArrowFunction(node)) return node;
  if (ts.isExportAssignment(node)) return functionIn(node.expression, checker);
  if (ts.isSatisfiesExpression(node) || ts.isAsExpression(node) || ts.isParenthesizedExpression(node)) return functionIn(node.expression, checker);
  if (ts.isVariableDeclaration(node)) {
    const own = node.initializer === undefined ? null : functionIn(node.initializer, checker);
    return own !== null && own.parameters[0]?.type !== undefined ? own : (signatureOf(node, checker) ?? own);
  }
  if (ts.isExportSpecifier(node)) return fromSymbol(checker.getExportSpecifierLocalTargetSymbol(node), checker);
  return ts.isIdentifier(node) ? fromSymbol(checker.getSymbolAtLocation(node), checker) : null;
}

function fromSymbol(symbol: ts.Symbol | undefined, checker: ts.TypeChecker): ts.SignatureDeclaration | null {
  const target = symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(symbol) : symbol;
  for (const declaration of target?.declarations ?? []) {
    const found = functionIn(declaration, checker);
    if (found !== null) return found;
  }
  return null;
}

/** `const list: Handler = async (params) => …`: the parameter's type is in the type of the constant. */
function signatureOf(node: ts.VariableDeclaration, checker: ts.TypeChecker): ts.SignatureDeclaration | null {
  const [signature] = checker.getTypeAtLocation(node).getCallSignatures();
  const declaration = signature?.getDeclaration();
  return declaration === undefined || declaration === node.initializer ? null : declaration;
}

function parameterType(declared: ts.SignatureDeclaration): ts.TypeNode | null {
  const [first] = declared.parameters;
  return first?.type ?? null;
}
