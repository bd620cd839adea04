import type { AnyValue, KeyValue } from "../../../gen/opentelemetry/proto/common/v1/common_pb.ts";

/** The attributes of one thing by key; of a repeated key the last counts. */
export type Attributes = ReadonlyMap<string, AnyValue>;

export function attributesOf(list: readonly KeyValue[]): Attributes {
  const attributes = new Map<string, AnyValue>();
  for (const { key, value } of list) {
    if (value) attributes.set(key, value);
    else attributes.delete(key);
  }
  return attributes;
}

/** The attribute if it is a non-empty string. */
export function text(attributes: Attributes, key: string): string | null {
  const value = attributes.get(key)?.value;
  return value?.case === "stringValue" && value.value !== "" ? value.value : null;
}

/** The first of the attributes that is a non-empty string. */
export function firstText(attributes: Attributes, keys: readonly string[]): string | null {
  for (const key of keys) {
    const found = text(attributes, key);
    if (found !== null) return found;
  }
  return null;
}

/** The first of the attributes that is a count: a whole number from 0 on, as integer, double or decimal text. */
export function firstCount(attributes: Attributes, keys: readonly string[]): number | null {
  for (const key of keys) {
    const count = toCount(attributes.get(key));
    if (count !== null) return count;
  }
  return null;
}

function toCount(any: AnyValue | undefined): number | null {
  const value = any?.value;
  switch (value?.case) {
    case "intValue":
    case "doubleValue":
      return wholeNumber(Number(value.value));
    case "stringValue":
      return /^\d{1,16}$/.test(value.value) ? wholeNumber(Number(value.value)) : null;
    default:
      return null;
  }
}

/** The number if it is a whole one from 0 on that has lost no digits. */
export function wholeNumber(number: number): number | null {
  return Number.isSafeInteger(number) && number >= 0 ? number : null;
}
