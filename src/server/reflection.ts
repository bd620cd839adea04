import { type DescExtension, type DescFile, toBinary } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import type { ConnectRouter, HandlerContext } from "@connectrpc/connect";
import {
  type ServerReflectionRequest as RequestV1,
  ServerReflection,
} from "../../gen/grpc/reflection/v1/reflection_pb.ts";
import {
  type ServerReflectionRequest as RequestV1Alpha,
  ServerReflection as ServerReflectionV1Alpha,
} from "../../gen/grpc/reflection/v1alpha/reflection_pb.ts";
import { quoted } from "../model/base/quoted.ts";
import { settleUnlessAborted } from "../workers/signals.ts";

/** The two versions of the protocol differ in their package only. */
type Request = RequestV1 | RequestV1Alpha;

const NOT_FOUND = 5;
const INVALID_ARGUMENT = 3;

/**
 * Registers gRPC server reflection, in both its versions, for the services registered so far and for itself. Open
 * streams end when `stopping` aborts.
 */
export function registerReflection(router: ConnectRouter, stopping: AbortSignal): void {
  const services = new Set(router.handlers.map(({ service }) => service));
  services.add(ServerReflection).add(ServerReflectionV1Alpha);
  const answer = createAnswerer(
    [...services].map(({ typeName }) => typeName).sort(),
    withDependencies([...services].map(({ file }) => file)),
  );

  async function* reflect<R extends Request>(requests: AsyncIterable<R>, { signal }: HandlerContext) {
    const iterator = requests[Symbol.asyncIterator]();
    while (true) {
      const { done, value } = await settleUnlessAborted(iterator.next(), signal, stopping);
      if (done) return;
      yield { validHost: value.host, originalRequest: value, messageResponse: answer(value.messageRequest) };
    }
  }

  router.service(ServerReflection, { serverReflectionInfo: reflect });
  router.service(ServerReflectionV1Alpha, { serverReflectionInfo: reflect });
}

function createAnswerer(serviceNames: string[], files: DescFile[]) {
  const filesByName = new Map(files.map((file) => [`${file.name}.proto`, file]));
  const filesBySymbol = new Map<string, DescFile>();
  const extensions: DescExtension[] = [];
  for (const file of files) {
    for (const type of nestedTypes(file)) {
      filesBySymbol.set(type.typeName, file);
      if (type.kind === "extension") extensions.push(type);
    }
  }

  /** A symbol is a type, or a field, value or method in one. */
  function fileOf(symbol: string): DescFile | undefined {
    return filesBySymbol.get(symbol) ?? filesBySymbol.get(symbol.slice(0, symbol.lastIndexOf(".")));
  }

  return (question: Request["messageRequest"]) => {
    switch (question.case) {
      case "fileByFilename":
        return fileAnswer(filesByName.get(question.value), question.value);
      case "fileContainingSymbol":
        return fileAnswer(fileOf(question.value), question.value);
      case "fileContainingExtension": {
        const { containingType, extensionNumber } = question.value;
        const extension = extensions.find(
          ({ extendee, number }) => extendee.typeName === containingType && number === extensionNumber,
        );
        return fileAnswer(extension?.file, `extension ${extensionNumber} of ${containingType}`);
      }
      case "allExtensionNumbersOfType": {
        const baseTypeName = question.value;
        if (!filesBySymbol.has(baseTypeName))
          return errorAnswer(NOT_FOUND, `unknown: ${quoted(baseTypeName)}`);
        const own = extensions.filter(({ extendee }) => extendee.typeName === baseTypeName);
        const value = { baseTypeName, extensionNumber: own.map(({ number }) => number) };
        return { case: "allExtensionNumbersResponse" as const, value };
      }
      case "listServices": {
        const value = { service: serviceNames.map((name) => ({ name })) };
        return { case: "listServicesResponse" as const, value };
      }
      case undefined:
        return errorAnswer(INVALID_ARGUMENT, "the request asks nothing");
    }
  };
}

function fileAnswer(file: DescFile | undefined, asked: string) {
  if (file === undefined) return errorAnswer(NOT_FOUND, `unknown: ${quoted(asked)}`);
  const fileDescriptorProto = withDependencies([file]).map(({ proto }) =>
    toBinary(FileDescriptorProtoSchema, proto),
  );
  return { case: "fileDescriptorResponse" as const, value: { fileDescriptorProto } };
}

function errorAnswer(errorCode: number, errorMessage: string) {
  return { case: "errorResponse" as const, value: { errorCode, errorMessage } };
}

/** The files and all they import, each once and before what it imports. */
function withDependencies(files: DescFile[]): DescFile[] {
  const found = new Set<DescFile>();
  function visit(file: DescFile): void {
    if (found.has(file)) return;
    file.dependencies.forEach(visit);
    found.add(file);
  }
  files.forEach(visit);
  return [...found].reverse();
}
