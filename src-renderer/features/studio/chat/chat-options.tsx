import { REPLY_LENGTHS } from '#shared/studios/settings.ts'
import { Select } from '../../../kit/select.tsx'
import { Switch } from '../../../kit/switch.tsx'
import { LENGTH_NAMES } from '../../../words/option-names.ts'
import { ModelPicker } from '../composer/model-picker.tsx'
import { setOptions, useOptions } from '../options.ts'
import { useModel } from '../use-model.ts'

/** Model, length of the reply, and web search where the model has it. */
export function ChatOptions() {
  const { model } = useModel('chat')
  const length = useOptions((options) => options.length)
  const webSearch = useOptions((options) => options.webSearch)
  return (
    <>
      <ModelPicker studio="chat" />
      <Select
        label="Length"
        hideLabel
        size="small"
        value={length}
        options={REPLY_LENGTHS.map((value) => ({ value, label: LENGTH_NAMES[value] }))}
        onChange={(next) => setOptions({ length: next })}
      />
      {model?.webSearch && (
        <Switch
          label="Web search"
          checked={webSearch}
          onChange={(checked) => setOptions({ webSearch: checked })}
        />
      )}
    </>
  )
}
