import { type DescField, type DescMessage, getOption, type Message } from "@bufbuild/protobuf";
import type { Interceptor } from "@connectrpc/connect";
import { TextLimit, text_limit } from "../../../../gen/skein/v1/text_limit_pb.ts";
import { type FaultPath, InvalidRequestError, type Violation } from "../../../model/base/errors.ts";
import { isLongId, isLongRef, LONG_ID, LONG_REF } from "../../../model/base/ids.ts";
import { originOfCall } from "../identity/request-project.ts";

/** Finds what is wrong with a value at a path. */
type Check = (value: unknown, path: FaultPath) => Violation[];

const LIMITS: Record<TextLimit, Check | null> = {
  [TextLimit.UNSPECIFIED]: null,
  [TextLimit.ID]: (id, path) => (isLongId(id as string) ? [{ path, message: LONG_ID }] : []),
  [TextLimit.REF]: (ref, path) => (isLongRef(ref as string) ? [{ path, message: LONG_REF }] : []),
};

/** The checks of messages, worked out once for each type; null where nothing in it has a limit. */
const checks = new Map<DescMessage, Check | null>();

/**
 * Refuses unary calls with texts that are over the limits of the contract (`text_limit`), or a project that is, wherever the
 * call names it. Costs nothing for messages without limits.
 */
export const textLimitInterceptor: Interceptor = (next) => (request) => {
  if (request.stream) return next(request);
  const check = checkOf(request.method.input);
  if (check !== null) {
    const faults = check(request.message, []);
    if (keepsProject(request.method.input)) {
      const { prefix, header } = originOfCall(request.contextValues);
      if (isLongId(prefix ?? "") || isLongId(header ?? "")) {
        faults.push({ path: ["project_id"], message: LONG_ID });
      }
    }
    if (faults.length > 0) throw new InvalidRequestError(faults);
  }
  return next(request);
};

function keepsProject({ field: { projectId } }: DescMessage): boolean {
  return projectId !== undefined && getOption(projectId, text_limit) === TextLimit.ID;
}

function checkOf(message: DescMessage): Check | null {
  const known = checks.get(message);
  if (known !== undefined) return known;
  if (!reachesLimit(message)) {
    checks.set(message, null);
    return null;
  }
  // A message may hold others of its own type: they are checked by what is being made here.
  let made: Check = () => [];
  checks.set(message, (value, path) => made(value, path));
  made = makeCheck(message);
  checks.set(message, made);
  return made;
}

/** Whether a field has a limit, in a message or in any that it can hold. */
function reachesLimit(message: DescMessage, seen = new Set<DescMessage>()): boolean {
  if (seen.has(message)) return false;
  seen.add(message);
  return message.fields.some((field) =>
    field.message ? reachesLimit(field.message, seen) : LIMITS[getOption(field, text_limit)] !== null,
  );
}

function makeCheck(message: DescMessage): Check {
  const fields = message.fields.flatMap((field) => {
    const check = checkOfField(field);
    return check === null ? [] : [{ field, check }];
  });
  return (value, path) =>
    fields.flatMap(({ field, check }) => {
      const held = heldIn(value as Message, field);
      return held === undefined ? [] : check(held, [...path, field.name]);
    });
}

function checkOfField(field: DescField): Check | null {
  if (field.fieldKind === "map") return null;
  const check = field.message ? checkOf(field.message) : (LIMITS[getOption(field, text_limit)] ?? null);
  return field.fieldKind === "list" && check ? each(check) : check;
}

function each(check: Check): Check {
  return (items, path) => (items as unknown[]).flatMap((item, index) => check(item, [...path, index]));
}

/** What a field holds; undefined where that is nothing. */
function heldIn(message: Message, { oneof, localName }: DescField): unknown {
  const members = message as unknown as Record<string, unknown>;
  if (!oneof) return members[localName];
  const chosen = members[oneof.localName] as { case?: string; value?: unknown };
  return chosen.case === localName ? chosen.value : undefined;
}
