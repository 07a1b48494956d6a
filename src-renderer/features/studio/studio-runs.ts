/** The runs of one studio that this window follows. */

import { useShallow } from 'zustand/react/shallow'
import type { Studio } from '#shared/credits/studios.ts'
import type { RunView } from '#shared/host/views.ts'
import { isRunning, useRunsStore } from '../../state/runs-store.ts'

const newestFirst = (left: RunView, right: RunView) => right.startedAt - left.startedAt

/** Whether a run only took what was made before. */
export const isReused = ({ ending }: RunView): boolean => ending?.outcome === 'reused'

/** Still running, newest first. */
export const useRunningRuns = (studio: Studio): readonly RunView[] =>
  useRunsStore(
    useShallow(({ runs }) =>
      Object.values(runs)
        .filter((run) => run.studio === studio && isRunning(run))
        .sort(newestFirst),
    ),
  )

/** Ended in this window without a result to show: the failures worth a word. */
export const useFruitlessRuns = (studio: Studio): readonly RunView[] =>
  useRunsStore(
    useShallow(({ runs }) =>
      Object.values(runs)
        .filter(
          (run) => run.studio === studio && run.phase === 'ended' && run.creationIds.length === 0,
        )
        .sort(newestFirst),
    ),
  )

/** The newest run of a studio, for the announcer; null before there is one. */
export const useNewestRun = (studio: Studio): string | null =>
  useRunsStore(
    ({ runs }) =>
      Object.values(runs)
        .filter((run) => run.studio === studio)
        .sort(newestFirst)[0]?.operationId ?? null,
  )
