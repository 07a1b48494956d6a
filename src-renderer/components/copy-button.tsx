import { useEffect, useState } from 'react'
import { Check, Copy } from 'lucide-react'
import { IconButton } from '../kit/button.tsx'
import { copyText } from '../kit/clipboard.ts'
import { notify } from '../kit/notify.ts'

interface CopyButtonProps {
  /** The text, or what gives it at the moment of the press. */
  readonly text: string | (() => string)
  readonly label: string
}

/** Copies a text and says so with a tick. */
export function CopyButton({ text, label }: CopyButtonProps) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return undefined
    const timer = setTimeout(() => setCopied(false), 1_500)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = async () => {
    const done = await copyText(typeof text === 'string' ? text : text())
    setCopied(done)
    if (!done) notify({ tone: 'bad', text: 'The system did not allow copying.' })
  }
  return (
    <IconButton
      size="small"
      label={copied ? 'Copied' : label}
      icon={copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      onClick={copy}
    />
  )
}
