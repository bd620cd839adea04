/** A body for one of the models that both pydantic_reference.py and `models` in compare.ts know. */
export interface Case {
  model: "ThreadsQuery" | "ConversationSpans" | "Feedback";
  body: string;
}

const LIMITS = `"10" 10 10.0 1e1 -0.0 true false 10.5 "abc" [] {} "10.0" "10.5" " 10 " "1_000" "+5" "-5" -5 "-0" "" " " "1e3" "0x10"
  "_1" "1_" "1__0" "٣" 9007199254740993 1e18 "9999999999999999999999" -99999999999999999999 "00010" "+ 5" "1.000" "1." ".0" "-1.0"
  "10.0000000000000000" "++5" "+_5" "\\u00a010" "\\u008510" "\\ufeff10" "0_0" "1\\u00200" "\\n7" "-" "+" "1_0.0" "10.0_0" "\\ud800" null`;

const DATETIMES = `0 1700000000 1700000000.5 1700000000000 20000000000 20000000001 -20000000000 -20000000001 "1700000000"
  "1700000000.123456" "1700000000000" "1700000000000.5" true [] {} "" "x" "2024" "2024-01-01" "2024-01-01T00" "2024-01-01T00:00"
  "2024-01-01\\u002000:00:00" "2024-01-01_00:00:00" "2024-01-01t00:00:00z" "2024-01-01T00:00:00.1234567" "2024-01-01T00:00:00.123456789Z"
  "2024-01-01T00:00:00,5Z" "2024-01-01T00:00:00.Z" "2024-01-01T00:00:00+05:30" "2024-01-01T00:00:00+0530" "2024-01-01T00:00:00-05"
  "2024-01-01T00:00:00+24:00" "2024-01-01T00:00:00+23:59" "2024-01-01T00:00:00-2359" "2024-01-01T00:00:00+05:60" "2024-01-01T24:00:00"
  "2024-01-01T00:60:00" "2024-01-01T00:00:60" "2024-13-01" "2024-00-01" "2024-01-00" "2024-02-30" "2023-02-29T00:00:00" "2024-02-29" "1900-02-29"
  "2000-02-29" "0000-01-01" "0000-01-01T00:00:00Z" "0000-01-01Tx" "0001-01-01T00:00:00" "0001-01-01T00:00:00+10:00" "1599-01-01"
  "9999-12-31T23:59:59.999999Z" "9999-12-31T23:59:59-10:00" 253402300799 253402300799999 253402300800000 1e30 -1e30 -11676096000
  -62135596800000 -62135596800001 -62167219200000 -62167219200001 "-62135596800001" "-62167219200001" "253402300800000"
  "253402300800000.5" "-62135596800001.5" "1e9" "1.5e9" 1e9 1700000000.1234567 -1.5 -0.000001 1.0000005 1.0000015 0.1 "\\u00202024-01-01"
  "2024-01-01\\u0020" "2024-01-01T00:00:00\\u0020Z" "2024-01-01T00:00:00Zx" "2024-01-01X00:00:00" "2024/01/01" "20240101" "202a-01-01"
  "2024-0a-01" "2024-01-0a" "2024-01-01T0a:00" "2024-01-01T00-00" "2024-01-01T00:00:0" "2024-01-01T00:00:00+5" "2024-01-01T00:00:00+ab:cd"
  "2024-01-01T00:00:00−05:00" "2024-01-01T00:00:00Z+01:00" "2024-W01-1" "+2024-01-01" "-1" "+1" "1_000" "+" "-" "." "-." "1." ".5" "-.5" "+.5" "1.5e400" "1.e2"
  "1..5" "inf" "NaN" "1700000000." 9223372036854775807 "9223372036854775808" "9223372036854775808.0" "-9223372036854775808" "00000000000000000000001"
  "é" "ééééé" "2024-01-01é" "1704067200" "1704067201" "1704067200.0" 1700000000000.5 1700000000000.1234567 1700000000.9999999
  20000000000.5 "20000000000.5" -20000000000.5 -1700000000000.5 "-1700000000000.5" "1700000000000.123456" "\\ud800" 1.5e14 null`;

const SYNTAX_ERRORS = [
  ...[
    "{",
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,',
    "[1,]",
    "[1 2]",
    "{a:1}",
    '"abc',
    '"a\nb"',
    '"\\x"',
    '"\\u12"',
    "[}",
  ],
  ...[
    '{"a":1}x',
    "nul",
    "01",
    "1.",
    "-",
    "+1",
    "[",
    "[1",
    "  ",
    '{"é":"😀",x}',
    '{"a" 1}',
    "[1,",
    "tru",
    "{]",
  ],
  ...[
    '"\\u12G4"',
    '"\\ud83d\\u12"',
    '"\\',
    '"\\u',
    '{"a":"\t"}',
    '{"a":{"b":[1,{"c":2]}}',
    '{"a":1]',
    '{"a":{}}}',
  ],
  ...[
    "[[[[",
    '{"a":[]',
    '[{"a":"b"},',
    '{"a":"b" "c":1}',
    "1 2",
    "[1.5e]",
    "[-]",
    '{"a":1,"b"}',
    '["\\ud83d\\ude00" 1]',
  ],
];

const BODIES = [
  ...[
    "",
    "null",
    "[]",
    '"x"',
    "3",
    "true",
    "{}",
    '{"project_id":""}',
    '{"project_id":null}',
    '{"project_id":1}',
  ],
  ...[
    '{"project_id":"\\ud800"}',
    '{"project_id":"p","x":1,"y":{"a":1}}',
    '{"project_id":"p","__proto__":1,"constructor":2}',
  ],
  ...[
    '{"limit":-1,"offset":-5,"bogus":1,"project_id":5}',
    '{"bogus":1}',
    ' {"project_id" : "p"}\r\n\t',
    '{"project_id":"p","project_id":"q"}',
  ],
];

const FILTERS = [
  ...[
    "null",
    "[]",
    "3",
    "{}",
    '{"a":1,"thread_ids":"x"}',
    '{"thread_ids":[1,null,"a",{}]}',
    '{"thread_ids":{"a":1}}',
  ],
  ...['{"thread_ids":null}', '{"thread_ids":[]}', '{"after_datetime":"x","before_datetime":"y","z":0}'],
];

const SORTS = [
  ...[
    "null",
    "[]",
    "{}",
    '"last_updated"',
    '[{"field":"x","direction":"up"},{},null,3,{"field":1,"direction":null,"z":2}]',
  ],
  ...[
    '[{"field":"thread_id","direction":"ASC"}]',
    '[{"field":["x"],"direction":{}}]',
    '[{"field":"turn_count"}]',
    "[[]]",
  ],
  ...[
    '[{"field":"turn_count","direction":"asc"},{"field":"start_time","direction":"desc"}]',
    '[{"field":"\\ud800","direction":"asc"}]',
  ],
];

const FEEDBACK = [
  ...[
    '"scorer_ratings":{"a":"1.5","b":true,"c":"x","d":null,"e":[]}',
    '"scorer_ratings":[]',
    '"scorer_ratings":null',
  ],
  ...[
    '"scorer_tags":[1]',
    '"scorer_tags":null',
    '"scorer_rating_reasons":{"a":1,"b":"ok"}',
    '"payload":[]',
    '"payload":null',
  ],
  ...[
    '"scorer_ratings":{"a":" 1e5 ","b":"inf","c":" -NaN ","k":"+Infinity","d":"1_0","e":"","f":"0x1","h":"+.5","i":"5.","j":"."}',
  ],
  ...[
    '"id":null,"creator":null,"wb_user_id":1',
    '"weave_ref":""',
    '"call_ref":7',
    '"unknown":{"a":1}',
    '"scorer_ratings":{"":1}',
  ],
];

const MANY_MEMBERS = Array.from({ length: 1001 }, (_, index) => `"${index}":1`);

/** What is compared with pydantic, whether or not it can be asked. */
export const CASES: Case[] = [
  ...[...BODIES, ...SYNTAX_ERRORS].map((body) => threads(body)),
  ...split(LIMITS).map((value) => threads(`{"project_id":"p","limit":${value}}`)),
  ...split(DATETIMES).map((value) => threads(`{"project_id":"p","filter":{"after_datetime":${value}}}`)),
  ...FILTERS.map((value) => threads(`{"project_id":"p","filter":${value}}`)),
  ...SORTS.map((value) => threads(`{"project_id":"p","sort_by":${value}}`)),
  threads(`{"project_id":"p","sort_by":[${Array(101).fill('{"field":"turn_count","direction":"asc"}')}]}`),
  ...[
    ...[
      '{"project_id":"p","conversation_ids":null}',
      '{"project_id":"p","x":1}',
      '{"project_id":"p","conversation_ids":["a","a"]}',
    ],
    ...['{"project_id":"p","started_after":"","started_before":"2024-01-01"}', '{"conversation_ids":[1,2]}'],
    `{"project_id":"p","conversation_ids":[${Array(10_001).fill("0")}]}`,
  ].map((body): Case => ({ model: "ConversationSpans", body })),
  ...[...FEEDBACK, `"scorer_ratings":{${MANY_MEMBERS}}`].map(
    (keys): Case => ({
      model: "Feedback",
      body: `{"project_id":"p","weave_ref":"w","feedback_type":"t","payload":{"a":1},${keys}}`,
    }),
  ),
];

function threads(body: string): Case {
  return { model: "ThreadsQuery", body };
}

function split(values: string): string[] {
  return values.trim().split(/\s+/);
}
