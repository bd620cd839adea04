import { SingleBar } from "cli-progress";
import { Command } from "commander";
import { type HealthWatch, watchHealth } from "./health.ts";
import { report } from "./report.ts";
import { fuzz } from "./runner.ts";

const {
  seconds,
  seed,
  inputs,
  from,
  locked = false,
} = new Command("fuzz")
  .description("Sends a running server what anyone may send, and looks whether it bears it.")
  .option("--seconds <n>", "how long", Number, 60)
  .option("--inputs <n>", "or how many inputs", Number)
  .option("--seed <n>", "the same seed gives the same inputs", Number, Date.now() % 1_000_000)
  .option("--from <n>", "the number of the first input", Number, 0)
  .option("--locked", "the server asks for keys, and nobody has one")
  .parse()
  .opts<{ seconds: number; seed: number; inputs?: number; from: number; locked?: boolean }>();

let start = performance.now();
const secondsOn = () => (performance.now() - start) / 1000;
const bar = new SingleBar({
  format: `{bar} {value}/{total} ${inputs === undefined ? "s" : "inputs"}, {sent} inputs, {rate}/s, seed ${seed}`,
});
bar.start(inputs ?? seconds, 0, { sent: 0, rate: 0 });
let sent = 0;
const timer = setInterval(() => {
  const rate = Math.round(sent / secondsOn());
  bar.update(inputs === undefined ? Math.min(seconds, Math.round(secondsOn())) : sent, { sent, rate });
}, 500);

let health: HealthWatch | undefined;
const result = await fuzz({
  seed,
  from,
  locked,
  watchers: 1,
  onReady() {
    start = performance.now();
  },
  goesOn: (number) => (inputs === undefined ? secondsOn() < seconds : number < from + inputs),
  onInput: () => {
    sent += 1;
  },
  onServer(port) {
    if (health) health.follow(port);
    else health = watchHealth(port);
  },
});
clearInterval(timer);
bar.stop();
process.exit((await report(result, { seed, took: secondsOn(), health: await health!.end() })) ? 0 : 1);
