import {
  type DecodedExport,
  decodeInChunks,
  type ReceivedBody,
} from "../../../../src/doors/otlp/decode-in-chunks.ts";
import { addRefusals, noRefusals } from "../../../../src/doors/otlp/refusals.ts";

/** All of an export at once. */
export function decodeExport(
  { bytes, encoding }: { bytes: Uint8Array; encoding: ReceivedBody["encoding"] },
  fallbackProject: string,
): DecodedExport {
  const whole: DecodedExport = { spans: [], refusals: noRefusals() };
  for (const part of decodeInChunks({ parts: [bytes], encoding, fallbackProject })) {
    if (!part) continue;
    whole.spans.push(...part.spans);
    addRefusals(whole.refusals, part.refusals);
  }
  return whole;
}
