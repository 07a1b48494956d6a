/** Metrics in Prometheus' text format. */

import {
  Counter as PromCounter,
  Gauge,
  Histogram as PromHistogram,
  collectDefaultMetrics,
  Registry,
} from 'prom-client'
import type { Metrics } from './metrics.ts'

export interface Prometheus extends Metrics {
  readonly contentType: string
  text(): Promise<string>
}

const PREFIX = 'tallystick_'
const SECONDS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10]

/** Also the process's own: memory, event loop, open files. */
export function createPrometheus(): Prometheus {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: PREFIX })
  const registers = [registry]
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    counter(name, help, labelNames = []) {
      const counter = new PromCounter({ name: PREFIX + name, help, labelNames, registers })
      // Shown as zero before the first count, so that a rate can be computed.
      if (labelNames.length === 0) counter.inc(0)
      return { add: (by = 1, labels = {}) => counter.inc(labels, by) }
    },
    gauge(name, help, read) {
      const gauge: Gauge = new Gauge({
        name: PREFIX + name,
        help,
        registers,
        collect: () => gauge.set(read()),
      })
    },
    histogram(name, help, labelNames = []) {
      const histogram = new PromHistogram({
        name: PREFIX + name,
        help,
        labelNames,
        buckets: SECONDS,
        registers,
      })
      return { observe: (value, labels = {}) => histogram.observe(labels, value) }
    },
  }
}
