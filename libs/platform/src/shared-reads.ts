interface Flight<T> {
  readonly current: Promise<T>;
  /** Begins when `current` has ended, for all who asked meanwhile. */
  next?: Promise<T>;
}

/**
 * Many who ask the same at once share an answer, never an old one: whoever asks while a question is on its way gets the
 * answer to the next one, which begins after that. Different keys do not wait for each other.
 */
export class SharedReads<T> {
  private readonly flights = new Map<string, Flight<T>>();

  constructor(private readonly ask: (key: string) => Promise<T>) {}

  read(key: string): Promise<T> {
    const flight = this.flights.get(key);
    if (!flight) return this.start(key);
    const start = (): Promise<T> => this.start(key);
    return (flight.next ??= flight.current.then(start, start));
  }

  private start(key: string): Promise<T> {
    const flight: Flight<T> = { current: this.ask(key) };
    this.flights.set(key, flight);
    const land = (): void => {
      if (!flight.next) this.flights.delete(key);
    };
    // Before `next`, which is asked for later, begins.
    flight.current.then(land, land);
    return flight.current;
  }
}
