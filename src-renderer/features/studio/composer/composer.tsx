import { useId, useRef, type KeyboardEvent, type ReactNode } from 'react'
import { ArrowUp, Square } from 'lucide-react'
import type { RunRequest } from '#shared/host/requests.ts'
import type { RunView } from '#shared/host/views.ts'
import { Button } from '../../../kit/button.tsx'
import { Field, TextArea } from '../../../kit/field.tsx'
import { Form } from '../../../kit/form.tsx'
import { isMac } from '../../../kit/keys.tsx'
import { Tooltip } from '../../../kit/tooltip.tsx'
import { useConnected } from '../../../state/app-store.ts'
import { RecipeFields } from '../recipe/recipe-fields.tsx'
import { SaveAsRecipe } from '../recipe/save-as-recipe.tsx'
import type { RecipeInUse } from '../recipe/use-recipe.ts'
import { usePromptField } from './prompt-field.ts'
import { QuoteLine } from './quote-line.tsx'
import { mayRun } from './quote-words.ts'
import { useQuote } from './use-quote.ts'
import { useStartRun } from './use-start-run.ts'
import styles from './composer.module.css'

interface ComposerProps {
  /** The name of the prompt field: `Message`, `Picture`, `Text to speak`. */
  readonly label: string
  readonly placeholder: string
  /** The prompt as it would be sent. */
  readonly text: string
  /** In place of the prompt field. */
  readonly recipe?: RecipeInUse | null
  readonly maxLength: number
  readonly onText: (text: string) => void
  /** Model, length, count and so on. */
  readonly options: ReactNode
  /** What would be run; null when there is no model to run it. */
  readonly request: RunRequest | null
  readonly runLabel: string
  /** Runs before the start, e.g. makes the thread; false calls the start off. */
  readonly beforeRun?: () => Promise<boolean>
  readonly onStarted: (run: RunView) => void
  /** When given, the run button is a stop button. */
  readonly onStop?: (() => void) | undefined
  /** More at the right of the field's foot, e.g. a count. */
  readonly note?: ReactNode
  readonly autoFocus?: boolean
}

/** Prompt, options, price and run, the same in every studio. */
export function Composer(props: ComposerProps) {
  const { text, request, recipe, onStop, beforeRun, onStarted } = props
  const quoteId = useId()
  const field = useRef<HTMLTextAreaElement>(null)
  usePromptField(field, props.autoFocus ?? false)
  const connected = useConnected()
  const { refresh, ...live } = useQuote(request)
  const starter = useStartRun(refresh)
  const affordable = live.quote !== null && mayRun(live.quote)
  const filled = text.trim() !== '' && (recipe?.complete ?? true)
  const sendable = request !== null && connected && filled && live.current && !onStop
  const ready = sendable && affordable
  const reusable = sendable && live.quote?.reuse != null

  const begin = async (how: 'anew' | 'reuse') => {
    if (!request || !live.quote || starter.starting) return
    if (!(how === 'anew' ? ready : reusable)) return
    const { quote } = live
    if (beforeRun && !(await beforeRun())) return
    const begun = how === 'anew' ? starter.start(request, quote) : starter.reuse(request)
    const started = await begun
    if (started) onStarted(started)
    field.current?.focus()
  }
  /** What was made before comes first: it is free. */
  const run = () => begin(reusable ? 'reuse' : 'anew')
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (isMac ? event.metaKey : event.ctrlKey)) {
      event.preventDefault()
      void run()
    }
  }
  return (
    <Form
      className={styles.composer}
      aria-label={`${props.runLabel}: prompt and options`}
      onKeyDown={onKeyDown}
      onSubmit={run}
    >
      {recipe ? (
        <RecipeFields inUse={recipe} />
      ) : (
        <Field label={props.label} hideLabel>
          <TextArea
            ref={field}
            className={styles.prompt}
            value={text}
            maxLength={props.maxLength}
            placeholder={props.placeholder}
            onChange={(event) => {
              starter.clear()
              props.onText(event.currentTarget.value)
            }}
          />
        </Field>
      )}
      <div className={styles.options}>
        {props.options}
        {request && !recipe && text.trim() !== '' && <SaveAsRecipe request={request} />}
      </div>
      <div className={styles.foot}>
        <QuoteLine live={live} problem={starter.problem} id={quoteId} />
        {props.note}
        {reusable && (
          <Button disabled={!ready || starter.starting} onClick={() => void begin('anew')}>
            Make a new one
          </Button>
        )}
        {onStop ? (
          <Tooltip text="Stop" keys="Esc">
            <Button onClick={onStop} icon={<Square size={14} aria-hidden />}>
              Stop
            </Button>
          </Tooltip>
        ) : (
          <Tooltip text={reusable ? 'Take it from the library' : props.runLabel} keys="Mod Enter">
            <Button
              type="submit"
              variant="primary"
              busy={starter.starting}
              disabled={!ready && !reusable}
              aria-describedby={quoteId}
              icon={<ArrowUp size={16} aria-hidden />}
            >
              {reusable ? 'Use it' : props.runLabel}
            </Button>
          </Tooltip>
        )}
      </div>
    </Form>
  )
}
