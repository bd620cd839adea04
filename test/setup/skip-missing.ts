/**
 * Skips a test for want of a program, and says so on stderr. With CI set, where everything is to be there, the test
 * fails instead.
 */
export function skipMissing(skip: (reason: string) => never, reason: string): never {
  if (process.env.CI) throw new Error(`${reason}, and CI is set`);
  process.stderr.write(`${reason}\n`);
  return skip(reason);
}
