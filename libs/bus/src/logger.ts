/** Where the bus tells what people should know; Nest's loggers fit. */
export interface BusLogger {
  log(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
