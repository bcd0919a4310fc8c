import { ecsFormat } from '@elastic/ecs-winston-format';
import { createLogger as createWinstonLogger, format, transports } from 'winston';
import { currentLogContext } from './log-context.ts';
import { errorFields, maskText, maskValue } from './mask.ts';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** Structured data of one line. `event` names the event. An Error under `error` or `err` becomes ECS fields. */
export type LogFields = Readonly<Record<string, unknown>>;

/** The logging interface of all code. Lines are masked and carry the fields of `withLogContext`. */
export interface Logger {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** Call it before building costly fields. */
  isLevelEnabled(level: LogLevel): boolean;
}

export interface LoggerOptions {
  /** The value of service.name, such as `notifier`. */
  readonly service: string;
  /** The value of service.version. */
  readonly version: string;
  readonly level: LogLevel;
  /** Defaults to standard output. */
  readonly stream?: NodeJS.WritableStream;
}

const OWN_FIELDS = new Set(['level', 'message', 'error', 'err', 'event']);

/**
 * The first step, so that no later step sees personal data. Builds a new record and never changes the caller's objects.
 * Winston keeps the raw arguments under a symbol; they are left out.
 */
const maskAndGather = format((info) => {
  const error: unknown = info['error'] ?? info['err'] ?? (info instanceof Error ? info : undefined);
  const fields = Object.entries({ ...currentLogContext(), ...info }).filter(([name]) => !OWN_FIELDS.has(name));
  const masked = maskValue(Object.fromEntries(fields));
  return Object.assign(
    { level: info.level, message: maskText(String(info.message)) },
    info['event'] === undefined ? {} : { 'event.action': maskValue(info['event']) },
    masked,
    error === undefined ? {} : { error: error instanceof Error ? errorFields(error) : maskValue({ message: error }) },
    Object.fromEntries(
      Object.getOwnPropertySymbols(info)
        .filter(isLevelSymbol)
        .map((key) => [key, info.level]),
    ),
  );
});

/** True for winston's LEVEL (`triple-beam`), by which transports filter. */
function isLevelSymbol(symbol: symbol): boolean {
  return symbol === Symbol.for('level');
}

/** Creates a logger that writes one JSON object of the Elastic Common Schema per line to standard output. */
export function createLogger({ service, version, level, stream = process.stdout }: LoggerOptions): Logger {
  return createWinstonLogger({
    level,
    format: format.combine(
      maskAndGather(),
      ecsFormat({ serviceName: service, serviceVersion: version, eventDataset: service, apmIntegration: false }),
    ),
    transports: [new transports.Stream({ stream })],
  });
}
