let share = 1;

/** Sets the share of the usual rounds and times to spend from here on: 1 is all, little shows only that all runs. */
export function setShare(given: number): void {
  if (!(given > 0 && given <= 1)) throw new Error("a share is more than 0 and at most 1");
  share = given;
}

/** The share of the usual rounds, at least one. */
export function roundsOf(usual: number): number {
  return Math.max(1, Math.round(usual * share));
}

/** The share of a usual time, in the unit that it is given in. */
export function timeOf(usual: number): number {
  return usual * share;
}
