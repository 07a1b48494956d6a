/** What the rooms of the server count for `/metrics`. */

type Labels = Readonly<Record<string, string>>

export interface Counter {
  add(by?: number, labels?: Labels): void
}

export interface Histogram {
  observe(value: number, labels?: Labels): void
}

/** Names are without the `tallystick_` they all begin with; labels take few values, never an id. */
export interface Metrics {
  counter(name: string, help: string, labels?: readonly string[]): Counter
  /** Read when the metrics are. */
  gauge(name: string, help: string, read: () => number): void
  /** Of seconds. */
  histogram(name: string, help: string, labels?: readonly string[]): Histogram
}

/** Counts nothing. */
export const noMetrics: Metrics = {
  counter: () => ({ add: () => {} }),
  gauge: () => {},
  histogram: () => ({ observe: () => {} }),
}
