import fc from "fast-check";
import type { Case } from "./cases.ts";

const digits = (min: number, max = min) => fc.stringMatching(new RegExp(`^[0-9]{${min},${max}}$`));

/** Almost numbers: where pydantic's readers of text decide. */
const numberText = fc
  .tuple(
    fc.constantFrom("", "+", "-", " ", "_"),
    digits(0, 21),
    fc.constantFrom("", ".", ".0", ".00", ".5", "_0", "_1", "e3", ".25e2", "."),
    fc.constantFrom("", " ", "\n", "_", "x"),
  )
  .map((parts) => parts.join(""));

const two = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 62 }).map((n) => `${n}`.padStart(2, "0")) },
  digits(0, 3),
);

/** Almost datetimes. */
const datetimeText = fc
  .tuple(
    fc.oneof(fc.integer({ min: 1600, max: 2300 }).map(String), digits(4)),
    fc.constantFrom("-", "-", "-", "/"),
    fc.integer({ min: 0, max: 13 }).map((n) => `${n}`.padStart(2, "0")),
    fc.constantFrom("-", "-", "-", ""),
    fc.integer({ min: 0, max: 32 }).map((n) => `${n}`.padStart(2, "0")),
    fc.oneof(
      fc.constant(""),
      fc
        .tuple(
          fc.constantFrom("T", "t", " ", "_", "x"),
          fc.array(two, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(":")),
          fc.oneof(
            fc.constant(""),
            digits(0, 9).map((fraction) => `.${fraction}`),
            digits(1, 3).map((fraction) => `,${fraction}`),
          ),
          fc.oneof(
            fc.constantFrom("", "Z", "z", " "),
            fc
              .tuple(fc.constantFrom("+", "-", "−"), two, fc.constantFrom(":", ""), two)
              .map((parts) => parts.join("")),
          ),
        )
        .map((parts) => parts.join("")),
    ),
  )
  .map((parts) => parts.join(""));

const number = fc.oneof(
  fc.integer({ min: -100, max: 100 }),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
  fc.integer({ min: -30_000_000_000, max: 30_000_000_000 }),
);

const word = fc.constantFrom(
  ...[
    "project_id",
    "filter",
    "limit",
    "offset",
    "sort_by",
    "after_datetime",
    "before_datetime",
    "thread_ids",
  ],
  ...[
    "field",
    "direction",
    "asc",
    "desc",
    "turn_count",
    "conversation_ids",
    "started_after",
    "payload",
    "weave_ref",
  ],
  ...["feedback_type", "scorer_tags", "scorer_ratings", "scorer_rating_reasons", "x"],
);

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    number,
    word,
    numberText,
    datetimeText,
    fc.string({ unit: "grapheme", maxLength: 12 }),
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(word, tie("any"), { maxKeys: 4 }),
  ),
})).any;

const sort = fc.record(
  { field: fc.oneof(word, value), direction: fc.oneof(word, value) },
  { requiredKeys: [] },
);
const filter = fc.record(
  {
    after_datetime: fc.oneof(datetimeText, numberText, number),
    before_datetime: fc.oneof(datetimeText, value),
    thread_ids: fc.oneof(fc.array(word), value),
  },
  { requiredKeys: [] },
);

const threadsQuery = fc.record(
  {
    project_id: fc.oneof(word, value),
    filter: fc.oneof(filter, value),
    limit: fc.oneof(numberText, number, value),
    offset: fc.oneof(numberText, value),
    sort_by: fc.oneof(fc.array(sort, { maxLength: 3 }), value),
    x: value,
  },
  { requiredKeys: [] },
);

const conversationSpans = fc.record(
  {
    project_id: word,
    conversation_ids: fc.oneof(fc.array(word), value),
    started_after: fc.oneof(datetimeText, numberText, number),
    x: value,
  },
  { requiredKeys: [] },
);

const feedback = fc.record(
  {
    project_id: word,
    weave_ref: fc.oneof(word, value),
    feedback_type: word,
    payload: fc.oneof(fc.dictionary(word, value), value),
    scorer_ratings: fc.oneof(fc.dictionary(word, fc.oneof(numberText, value)), value),
    scorer_rating_reasons: fc.oneof(fc.dictionary(word, value), value),
    scorer_tags: fc.oneof(fc.array(value), value),
  },
  { requiredKeys: [] },
);

/** A body with some characters taken out, put in or said twice. */
const damaged = fc
  .tuple(
    threadsQuery.map((body) => JSON.stringify(body)),
    fc.nat(),
    fc.nat({ max: 3 }),
    fc.constantFrom("", "{", "]", ",", ":", '"', "\\", "1", "\n", "é"),
  )
  .map(([body, place, length, inserted]) => {
    const at = place % (body.length + 1);
    return body.slice(0, at) + inserted + body.slice(at + length);
  })
  // Python 3.13 has other words for a comma before a closing bracket; halves of pairs are no UTF-8.
  .filter((body) => !/,\s*[}\]]/.test(body) && body.isWellFormed());

export const anyCase: fc.Arbitrary<Case> = fc.oneof(
  threadsQuery.map((body): Case => ({ model: "ThreadsQuery", body: JSON.stringify(body) })),
  conversationSpans.map((body): Case => ({ model: "ConversationSpans", body: JSON.stringify(body) })),
  feedback.map((body): Case => ({ model: "Feedback", body: JSON.stringify(body) })),
  damaged.map((body): Case => ({ model: "ThreadsQuery", body })),
);
