export {
  buildDynamicBrCode,
  buildStaticBrCode,
  type BrCodeProblem,
  type BuiltBrCode,
  type DynamicBrCode,
  type StaticBrCode,
} from './br-code.ts';
export { parseBrCode, type NotABrCode, type ParsedBrCode } from './parse-br-code.ts';
export type { PixKeyKind } from './pix-key.ts';
export { checkReceiver, receiverFor, type PixReceiver, type ReceiverProblem } from './receiver.ts';
export type { DataObject } from './tlv.ts';
