import { writeFileSync } from "node:fs";
import { python } from "../../python/python.ts";
import { CASES } from "./cases.ts";
import { pydanticAnswers } from "./compare.ts";

/** Writes recorded.jsonl anew, after a change of the cases: `npx node test/doors/fastapi/record.ts`. */
const found = await python();
if ("unavailable" in found) throw new Error(found.unavailable);
const answers = await pydanticAnswers(found, CASES);
const lines = CASES.map((one, index) => JSON.stringify({ ...one, answer: answers[index] }));
writeFileSync(new URL("recorded.jsonl", import.meta.url), `${lines.join("\n")}\n`);
