import type { FastifyRequest } from "fastify";
import { InvalidRequestError } from "../../model/base/errors.ts";
import { quoted } from "../../model/base/quoted.ts";
import type { DoorContext } from "../kit/door.ts";
import { bodyOf } from "./body.ts";
import { parseSelection, type Selection } from "./graphql-selection.ts";

/** The largest request: those of Weave's clients are some hundred bytes. */
export const MAX_GRAPHQL_BYTES = 64 * 1024;

/** What a field answers: a value of its own, or one with fields. */
type Answer = string | null | { [field: string]: Answer };

/**
 * POST /graphql: what Weave's clients ask W&B before they log: who the user is, and that the project is there. Any
 * project is. A field that is not known is an error as GraphQL has it. Costs nothing.
 */
export function graphql(context: DoorContext) {
  return async (request: FastifyRequest) => {
    const { query, variables } = await bodyOf(context, request, "graphql");
    try {
      const known = answersTo(variables ?? {}, context.defaultProject);
      return { data: select(parseSelection(query), known) };
    } catch (error) {
      if (!(error instanceof InvalidRequestError)) throw error;
      return { data: null, errors: error.violations.map(({ message }) => ({ message })) };
    }
  };
}

/** All that can be asked, whatever the arguments: clients name a project in one of these variables. */
function answersTo(variables: Record<string, unknown>, defaultProject: string): { [field: string]: Answer } {
  const [defaultEntity = "", defaultName = defaultEntity] = defaultProject.split("/");
  const said = (...names: string[]) => {
    for (const name of names) if (typeof variables[name] === "string") return variables[name];
    return null;
  };
  const entityName = said("entity", "entityName") ?? defaultEntity;
  const name = said("project", "projectName", "name") ?? defaultName;
  const project = { id: `${entityName}/${name}`, name, entityName, description: said("description") };
  return {
    viewer: {
      id: "api",
      username: "api",
      email: null,
      entity: defaultEntity,
      defaultEntity: { name: defaultEntity },
    },
    project,
    model: project,
    upsertModel: { model: project, project },
  };
}

function select(selection: Selection[], answers: { [field: string]: Answer }): { [field: string]: Answer } {
  return Object.fromEntries(
    selection.map(({ field, alias, selection: inner }) => {
      const answer = Object.hasOwn(answers, field) ? answers[field] : undefined;
      const isObject = typeof answer === "object" && answer !== null;
      if (answer === undefined || isObject !== inner.length > 0) {
        throw new InvalidRequestError([
          { path: ["query"], message: `Cannot query field "${quoted(field)}"` },
        ]);
      }
      return [alias, isObject ? select(inner, answer) : answer];
    }),
  );
}
