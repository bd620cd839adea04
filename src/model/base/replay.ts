/** Questions that a function asks, by their names; arguments are plain values. */
type Questions<Source> = { [Name in keyof Source]: (...asked: never[]) => unknown };

/** Answers all questions of one name that a round asked, in their order. */
export type Loader<Source extends Questions<Source>> = {
  [Name in keyof Source]: (asked: Parameters<Source[Name]>[]) => Promise<ReturnType<Source[Name]>[]>;
};

/**
 * What is answered to a question while its answer is not loaded: usually nothing. The run asks on with it, and what it
 * asks then is loaded, too.
 */
export type Blanks<Source extends Questions<Source>> = {
  [Name in keyof Source]: ReturnType<Source[Name]>;
};

/**
 * Runs a synchronous function that asks questions over a source whose answers are loaded asynchronously: a run that
 * misses answers is done again when these are loaded, until none is missed. So `run` must have no effect but its result,
 * must not change what it is answered, and must come to an end whatever it is answered; what it returns or throws after
 * a missed answer is dropped.
 *
 * Costs as many rounds as questions depend on each other's answers, and memory for all answers.
 */
export async function replay<Source extends Questions<Source>, Result>(
  loader: Loader<Source>,
  blanks: Blanks<Source>,
  run: (source: Source) => Result,
): Promise<Result> {
  const answers = new Map<string, unknown>();
  for (;;) {
    const missed = new Map<string, Question<Source>>();
    const outcome = attempt(() => run(sourceOf(blanks, answers, missed)));
    if (missed.size === 0) return outcome();
    await load(loader, answers, missed);
  }
}

interface Question<Source extends Questions<Source>> {
  name: keyof Source;
  asked: Parameters<Source[keyof Source]>;
}

/** Answers what is loaded, and notes the rest. */
function sourceOf<Source extends Questions<Source>>(
  blanks: Blanks<Source>,
  answers: Map<string, unknown>,
  missed: Map<string, Question<Source>>,
): Source {
  const names = Object.keys(blanks) as (keyof Source & string)[];
  const entries = names.map((name) => [
    name,
    (...asked: Parameters<Source[keyof Source]>) => {
      const key = JSON.stringify([name, ...asked]);
      if (answers.has(key)) return answers.get(key);
      missed.set(key, { name, asked });
      return blanks[name];
    },
  ]);
  return Object.fromEntries(entries) as Source;
}

async function load<Source extends Questions<Source>>(
  loader: Loader<Source>,
  answers: Map<string, unknown>,
  missed: Map<string, Question<Source>>,
): Promise<void> {
  const byName = Map.groupBy(missed, ([, { name }]) => name);
  const loading = [...byName].map(async ([name, questions]) => {
    const found = await loader[name](questions.map(([, { asked }]) => asked));
    for (const [index, [key]] of questions.entries()) answers.set(key, found[index]);
  });
  await Promise.all(loading);
}

/** What a function returns, or throws, when it is asked for. */
function attempt<Result>(run: () => Result): () => Result {
  try {
    const result = run();
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
