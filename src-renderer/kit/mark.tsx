/** The mark: a notched stick split in two halves that match. */
export function Mark({ size = 22 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden focusable="false">
      <path
        d="M10.9 2v2.7L8.5 6.3l2.4 1.6v2.5L8.5 12l2.4 1.6v2.5l-2.4 1.6 2.4 1.6V22H4.5V2z"
        fill="var(--accent)"
      />
      <path
        d="M15.5 2v2.7l-2.4 1.6 2.4 1.6v2.5L13.1 12l2.4 1.6v2.5l-2.4 1.6 2.4 1.6V22h4V2z"
        fill="currentColor"
      />
    </svg>
  )
}
