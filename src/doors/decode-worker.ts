import { decoders } from "./decoders.ts";
import { serveDecoders } from "./kit/decode/serve-decoders.ts";

serveDecoders(decoders);
