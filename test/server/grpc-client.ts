import {
  create,
  type DescMethod,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { Client, type ClientOptions, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { onTestFinished } from "vitest";

/** What a call with grpc-js came to. */
export type Outcome<M extends DescMethod> = MessageShape<M["output"]>[] | ServiceError;

/** A grpc-js client of the server on `port`, closed when the test ends. */
export function grpcClient(port: number, options: ClientOptions = {}) {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options);
  onTestFinished(() => client.close());

  /** Calls a method with one message and collects all that comes back, or the error. */
  function call<M extends DescMethod>(
    method: M,
    request: MessageInitShape<M["input"]>,
    deadline?: number,
  ): Promise<Outcome<M>> {
    const messages: MessageShape<M["output"]>[] = [];
    const { promise, resolve } = Promise.withResolvers<Outcome<M>>();
    const stream = client.makeServerStreamRequest(
      `/${method.parent.typeName}/${method.name}`,
      (message: MessageShape<M["input"]>) => Buffer.from(toBinary(method.input, message)),
      (bytes) => fromBinary(method.output, bytes) as MessageShape<M["output"]>,
      create(method.input, request) as MessageShape<M["input"]>,
      new Metadata(),
      deadline === undefined ? {} : { deadline: Date.now() + deadline },
    );
    stream.on("data", (message) => messages.push(message));
    stream.on("error", (error: ServiceError) => resolve(error));
    stream.on("end", () => resolve(messages));
    return promise;
  }
  return { call };
}
