/**
 * Ids of the runs of one sitting: UUIDs (version 8) that differ in their last eight digits only, so
 * that a year's records take a third of the room. `random` gives a UUID; its first 90 random bits
 * make the sitting.
 */
export function createOperationIds(random: () => string): () => string {
  let sitting = ''
  let count = 0
  return () => {
    if (sitting === '') sitting = random()
    count++
    return `${sitting.slice(0, 14)}8${sitting.slice(15, 28)}${count.toString(16).padStart(8, '0')}`
  }
}

/** The ids of this page. */
export const nextOperationId = createOperationIds(() => crypto.randomUUID())
