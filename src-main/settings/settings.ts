/** What a person has set for the whole app, in `settings.json`. */

import { join } from 'node:path'
import { z } from 'zod'
import { isTimeZone } from '#shared/account/cycle.ts'
import { failure, type HostError, type Result, success } from '#shared/result.ts'
import type { SettingsView } from '#shared/host/views.ts'
import { readJsonFile, setAside, writeFileAtomic } from '../files/atomic-file.ts'
import type { Clock } from '#shared/ports/time.ts'
import { systemClock } from '../ports/time.ts'
import { fileFailure } from './file-failure.ts'

const SETTINGS_FILE = 'settings.json'
const MAX_SUBJECTS = 50
const DEFAULT_SUBJECTS = ['Design', 'Research', 'Marketing']

const THEMES = ['system', 'light', 'dark'] as const

/** Loose: what a newer version of the app has set stays in the file. */
const settingsSchema = z.looseObject({
  theme: z.enum(THEMES),
  timeZone: z.string().max(60),
  subjects: z.array(z.string().min(1).max(60)).max(MAX_SUBJECTS),
  subject: z.string().max(60),
  resultCache: z.boolean().default(true),
})

export interface SettingsPatch {
  readonly theme?: SettingsView['theme'] | undefined
  readonly timeZone?: string | undefined
  readonly subjects?: readonly string[] | undefined
  readonly subject?: string | undefined
  readonly resultCache?: boolean | undefined
}

export interface Settings {
  read(): SettingsView
  /**
   * Changes what the patch names. Removing the subject in use leaves none in use. Fails, changing
   * nothing, with `time_zone_unknown`, `subject_repeated`, `subject_unknown`, `too_many_subjects`,
   * `disk_full` or `settings_not_writable`.
   */
  save(patch: SettingsPatch): Result<SettingsView>
  /** Said once to the person: the settings were damaged and have been set aside. */
  readonly damage: string | null
}

export interface SettingsOptions {
  readonly directory: string
  /** IANA name; used until a person chooses another. */
  readonly defaultTimeZone: string
  readonly clock?: Clock
}

/** Opens the settings in `directory`, which must exist; a damaged file is set aside for defaults. */
export function createSettings(options: SettingsOptions): Settings {
  const { directory, defaultTimeZone, clock = systemClock } = options
  const file = join(directory, SETTINGS_FILE)
  const stored = readJsonFile(file, settingsSchema)
  const damage =
    stored.state === 'damaged'
      ? `The settings were damaged and have been moved to ${setAside(file, clock.now())}. They are back to what they were at first.`
      : null
  const defaults: SettingsView = {
    theme: 'system',
    timeZone: defaultTimeZone,
    subjects: DEFAULT_SUBJECTS,
    subject: '',
    resultCache: true,
  }
  let current = stored.state === 'ok' ? usable(stored.data, defaultTimeZone) : defaults

  return {
    read: () => viewOf(current),
    save(patch) {
      const wanted = apply(current, patch)
      const refused = refusal(wanted, patch)
      if (refused) return refused
      try {
        writeFileAtomic(file, `${JSON.stringify(wanted, null, 2)}\n`)
      } catch (error) {
        return fileFailure(error, 'settings_not_writable', 'The settings')
      }
      current = wanted
      return success(viewOf(current))
    },
    damage,
  }
}

/** A zone this machine does not know is not worth losing the rest for. */
function usable(stored: SettingsView, defaultTimeZone: string): SettingsView {
  return isTimeZone(stored.timeZone) ? stored : { ...stored, timeZone: defaultTimeZone }
}

function apply(current: SettingsView, patch: SettingsPatch): SettingsView {
  const subjects = patch.subjects?.map((subject) => subject.trim()) ?? current.subjects
  const kept = subjects.includes(current.subject) ? current.subject : ''
  return {
    ...current,
    theme: patch.theme ?? current.theme,
    timeZone: patch.timeZone ?? current.timeZone,
    subjects,
    subject: patch.subject?.trim() ?? kept,
    resultCache: patch.resultCache ?? current.resultCache,
  }
}

function refusal(
  wanted: SettingsView,
  patch: SettingsPatch,
): { readonly ok: false; readonly error: HostError } | null {
  const { timeZone, subjects, subject } = wanted
  if (patch.timeZone !== undefined && !isTimeZone(timeZone)) {
    return failure(
      'time_zone_unknown',
      `“${timeZone}” is not a time zone this machine knows. Use one such as Europe/Berlin.`,
    )
  }
  if (subjects.length > MAX_SUBJECTS) {
    return failure('too_many_subjects', `There can be up to ${MAX_SUBJECTS} subjects.`)
  }
  const seen = new Set<string>()
  for (const name of subjects) {
    const folded = name.toLowerCase()
    if (name === '' || seen.has(folded)) {
      return failure('subject_repeated', `Each subject needs a name of its own: “${name}”.`)
    }
    seen.add(folded)
  }
  if (subject !== '' && !subjects.includes(subject)) {
    return failure('subject_unknown', `“${subject}” is not one of the subjects. Add it first.`)
  }
  return null
}

function viewOf(settings: SettingsView): SettingsView {
  const { theme, timeZone, subjects, subject, resultCache } = settings
  return { theme, timeZone, subjects, subject, resultCache }
}
