/** What a bench hands to the runner, and the arithmetic they share. */

/** One figure held against its baseline, measured in the same run. */
export interface Measurement {
  readonly name: string
  readonly measured: number
  /** Null for a limit in absolute terms. */
  readonly baseline: number | null
  readonly unit: string
  /** `measured / baseline`, or `measured` itself where there is no baseline. */
  readonly figure: number
  readonly target: number
  readonly wanted: 'at most' | 'at least'
  readonly met: boolean
}

export interface Bench {
  /** All at the end, or each as it is had: what is cut off has said what it knew. */
  run(): Promise<readonly Measurement[]> | AsyncIterable<Measurement>
}

export function ratio(
  name: string,
  measured: number,
  baseline: number,
  unit: string,
  target: number,
  wanted: Measurement['wanted'] = 'at most',
): Measurement {
  return measurement(name, measured, baseline, unit, measured / baseline, target, wanted)
}

export function limit(name: string, measured: number, unit: string, target: number): Measurement {
  return measurement(name, measured, null, unit, measured, target, 'at most')
}

function measurement(
  name: string,
  measured: number,
  baseline: number | null,
  unit: string,
  figure: number,
  target: number,
  wanted: Measurement['wanted'],
): Measurement {
  const met = wanted === 'at most' ? figure <= target : figure >= target
  return { name, measured, baseline, unit, figure, target, wanted, met }
}

/** The value below which `share` of the samples lie. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export const median = (samples: readonly number[]) => percentile(samples, 0.5)
