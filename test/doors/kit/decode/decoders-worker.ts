import { serveDecoders } from "../../../../src/doors/kit/decode/serve-decoders.ts";
import { registry } from "./decoders.ts";

serveDecoders(registry);
