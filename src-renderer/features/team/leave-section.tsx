import { useState } from 'react'
import type { TeamView } from '#shared/host/team.ts'
import { Button } from '../../kit/button.tsx'
import { ConfirmDialog } from '../../kit/dialog.tsx'
import { Section } from '../../kit/page.tsx'
import { callHost } from '../../state/host.ts'
import { notify } from '../../kit/notify.ts'
import styles from './team.module.css'

interface LeaveSectionProps {
  readonly team: TeamView
  readonly reload: () => void
}

/** The way out: with what one brought, or without the server where it is gone for good. */
export function LeaveSection({ team, reload }: LeaveSectionProps) {
  const [asking, setAsking] = useState(false)
  /** Why the server could not be asked; offers the other way. */
  const [cutOff, setCutOff] = useState<string | null>(null)
  const last = team.members.filter(({ leftAt }) => leftAt === null).length === 1
  const leave = async (withoutServer: boolean) => {
    const result = await callHost('team.leave', { withoutServer })
    if (result.ok) {
      notify({ tone: 'good', text: `You left ${team.name}. Your history stays.` })
      setCutOff(null)
      reload()
    } else if (withoutServer) {
      notify({ tone: 'bad', text: result.error.message })
    } else {
      setCutOff(result.error.message)
    }
  }
  return (
    <Section
      title="Leave the team"
      text={
        last
          ? 'You are the only one: everything that is left of the credits stays with this machine.'
          : 'This machine goes on alone, with what you brought and is unspent. Your history stays with both.'
      }
    >
      <div className={styles.form}>
        <div>
          <Button variant="danger" onClick={() => setAsking(true)}>
            Leave {team.name}
          </Button>
        </div>
        {cutOff !== null && (
          <div role="alert" className={styles.form}>
            <p>{cutOff}</p>
            <p>
              If the server is gone for good you can leave without it. Then this machine takes no
              credits along.
            </p>
            <div>
              <Button onClick={() => leave(true)}>Leave without the server</Button>
            </div>
          </div>
        )}
      </div>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Leave ${team.name}?`}
        text="What this machine has of the team’s credits goes back to the team. You need a new invite to come back."
        confirmLabel="Leave"
        onConfirm={() => leave(false)}
      />
    </Section>
  )
}
