/** What the server's modules count for `/metrics`. */

type Labels = Readonly<Record<string, string>>

export interface Counter {
  add(by?: number, labels?: Labels): void
}

export interface Histogram {
  observe(value: number, labels?: Labels): void
}

/** Names omit the common prefix `tallystick_`; labels take few values, never an id. */
export interface Metrics {
  counter(name: string, help: string, labels?: readonly string[]): Counter
  /** `read` is called at each scrape. */
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
