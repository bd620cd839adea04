import { Agent, type RequestOptions, request } from "node:http";
import { text as consume } from "node:stream/consumers";
import type { RestRoute } from "./catalogue.ts";
import type { Shape } from "./shape.ts";

/** Questions under way at once. */
const WINDOW = 8;

/** Names in one question: doors tell 100 faults at most. */
const NAMES_AT_ONCE = 60;

/**
 * Finds out which bodies routes take, by asking them: a body with the names of all shapes and nothing right in them is
 * refused with the names that the route knows. The shape that has most of those, and few others, is its own.
 */
export async function learnBodies(url: string, routes: Asked[], shapes: Shape[]): Promise<RestRoute[]> {
  const learned: RestRoute[] = [];
  const waiting = [...routes];
  const agent = new Agent({ keepAlive: true });
  await Promise.all(
    Array.from({ length: WINDOW }, async () => {
      for (let route = waiting.shift(); route; route = waiting.shift()) {
        learned.push({ ...route, ...(await learn(url, route, shapes, agent)) });
      }
    }),
  );
  agent.destroy();
  // In the order of their registration, whatever came back first.
  return routes.map(
    (route) => learned.find((each) => each.url === route.url && each.method === route.method)!,
  );
}

type Asked = Pick<RestRoute, "method" | "url">;
type Learned = Pick<RestRoute, "shapes" | "multipart" | "protobuf">;

async function learn(base: string, { method, url }: Asked, shapes: Shape[], agent: Agent): Promise<Learned> {
  if (!(method in { POST: 1, PUT: 1, PATCH: 1 })) return { shapes, multipart: false, protobuf: false };
  const target = base + url.replaceAll(/:\w+/g, "00000000-0000-4000-8000-000000000000");
  const ask = (body: string, type: string) => send(target, { method, agent }, body, type);
  const takes = async (body: string, type: string) => (await ask(body, type)).status !== 415;

  const takesAnything = await takes("", "text/odd");
  const multipart = !takesAnything && (await takes("--b--\r\n", "multipart/form-data; boundary=b"));
  const protobuf = !takesAnything && (await takes("", "application/x-protobuf"));
  // Where a body is no JSON, there is nothing to be told of its shape.
  if (!(await takes("{}", "application/json"))) return { shapes, multipart, protobuf };

  const names = [...new Set(shapes.flatMap(namesOf))];
  const known = new Set<string>();
  const forbidden = new Set<string>();
  for (let at = 0; at < names.length; at += NAMES_AT_ONCE) {
    const asked = names.slice(at, at + NAMES_AT_ONCE);
    const { text } = await ask(
      JSON.stringify(Object.fromEntries(asked.map((name) => [name, WRONG]))),
      "application/json",
    );
    const told = namesTold(text, asked);
    for (const name of told.known) known.add(name);
    for (const name of told.forbidden) forbidden.add(name);
  }
  const scores = shapes.map((shape) => score(namesOf(shape), known, forbidden));
  const best = Math.max(...scores);
  return {
    shapes: best <= 0 ? shapes : shapes.filter((_, at) => scores[at] === best),
    multipart: false,
    protobuf,
  };
}

/** What no schema takes. */
const WRONG = [[0]];

/** Which names a refusal says to be wrong, and which not to be known: in pydantic's form, or in words. */
function namesTold(refusal: string, names: string[]): { known: string[]; forbidden: string[] } {
  const faults = [...refusal.matchAll(/\{"type":"(\w+)","loc":\["body","([^"]*)"/g)];
  if (faults.length === 0) {
    return { known: names.filter((name) => new RegExp(`\\b${name}\\b`).test(refusal)), forbidden: [] };
  }
  const forbidden = faults.filter(([, type]) => type === "extra_forbidden").map(([, , name]) => name!);
  const known = faults.map(([, , name]) => name!).filter((name) => !forbidden.includes(name));
  // What forbids some knows the others, even where it takes whatever they are.
  if (forbidden.length > 0) known.push(...names.filter((name) => !forbidden.includes(name)));
  return { known, forbidden };
}

function namesOf(shape: Shape): string[] {
  return shape.kind === "object" ? Object.keys(shape.members) : [];
}

/** How well the names of a shape agree with what a route said of them. */
function score(names: string[], known: Set<string>, forbidden: Set<string>): number {
  const shared = names.filter((name) => known.has(name)).length;
  const wrong = names.filter((name) => forbidden.has(name)).length;
  return (shared - 2 * wrong) / (known.size + names.length - shared);
}

function send(
  target: string,
  options: RequestOptions,
  body: string,
  type: string,
): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const headers = { "content-type": type, "content-length": Buffer.byteLength(body) };
  const sent = request(target, { ...options, headers }, async (response) => {
    resolve({ status: response.statusCode!, text: await consume(response) });
  });
  sent.on("error", reject).end(body);
  return promise;
}
