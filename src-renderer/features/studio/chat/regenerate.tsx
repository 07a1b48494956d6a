import { useRef, useState } from 'react'
import { RefreshCw } from 'lucide-react'
import { Popover } from '@base-ui/react/popover'
import type { MessageView } from '#shared/host/views.ts'
import { Button, IconButton } from '../../../kit/button.tsx'
import popover from '../../../kit/popover.module.css'
import { loadThread } from '../../../state/threads-store.ts'
import { promptInView } from '../composer/prompt-field.ts'
import { QuoteLine } from '../composer/quote-line.tsx'
import { mayRun } from '../composer/quote-words.ts'
import { useQuote } from '../composer/use-quote.ts'
import { useStartRun } from '../composer/use-start-run.ts'
import { useChatRequest } from './use-chat-request.ts'
import styles from './regenerate.module.css'

/** Another reply to the same message, at a price that is shown first. */
export function Regenerate({ message }: { readonly message: MessageView }) {
  const [open, setOpen] = useState(false)
  const started = useRef(false)
  return (
    <Popover.Root open={open} onOpenChange={(next) => setOpen(next)}>
      <Popover.Trigger
        render={
          <IconButton
            size="small"
            label="Another reply"
            icon={<RefreshCw size={14} aria-hidden />}
          />
        }
      />
      <Popover.Portal>
        <Popover.Positioner
          side="top"
          align="end"
          sideOffset={6}
          collisionPadding={12}
          className={popover.positioner}
        >
          <Popover.Popup
            className={popover.popup}
            // While the new reply is written, its buttons are gone.
            finalFocus={() => (started.current ? promptInView() : true)}
          >
            <Popover.Title className={popover.title}>Another reply</Popover.Title>
            <RegenerateForm
              message={message}
              onDone={() => {
                started.current = true
                setOpen(false)
              }}
            />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

interface RegenerateFormProps {
  readonly message: MessageView
  readonly onDone: () => void
}

function RegenerateForm({ message, onDone }: RegenerateFormProps) {
  const request = useChatRequest(message.threadId, message.parentId, null)
  const { refresh, ...live } = useQuote(request)
  const starter = useStartRun(refresh)
  const affordable = live.quote !== null && mayRun(live.quote)
  const run = async () => {
    if (!request || !live.quote) return
    if (await starter.start(request, live.quote)) {
      onDone()
      void loadThread(message.threadId)
    }
  }
  return (
    <div className={styles.form}>
      <p>With the model and length chosen below. This reply stays as a version.</p>
      <div className={styles.foot}>
        <QuoteLine live={live} problem={starter.problem} />
        <Button
          variant="primary"
          size="small"
          busy={starter.starting}
          disabled={!live.current || !affordable}
          onClick={run}
        >
          Regenerate
        </Button>
      </div>
    </div>
  )
}
