import { writeFileSync } from "node:fs";
import { CASES } from "./cases.ts";
import { pydanticAnswers } from "./compare.ts";

/** Writes recorded.jsonl anew: `node test/api/pydantic/record.ts PYTHON`, a Python that has pydantic 2. */
const [python] = process.argv.slice(2);
if (!python) throw new Error("name a Python that has pydantic 2");
const answers = pydanticAnswers(python, CASES);
const lines = CASES.map((one, index) => JSON.stringify({ ...one, answer: answers[index] }));
writeFileSync(new URL("recorded.jsonl", import.meta.url), `${lines.join("\n")}\n`);
