import type { Resource } from "../../../gen/opentelemetry/proto/resource/v1/resource_pb.ts";
import { attributesOf, text } from "./attributes.ts";

/** The project a resource names: `skein.project_id`, else `wandb.entity` and `wandb.project` together; else null. */
export function projectOfResource(resource: Resource): string | null {
  const attributes = attributesOf(resource.attributes);
  const projectId = text(attributes, "skein.project_id");
  if (projectId !== null) return projectId;
  const entity = text(attributes, "wandb.entity");
  const project = text(attributes, "wandb.project");
  return entity !== null && project !== null ? `${entity}/${project}` : null;
}
