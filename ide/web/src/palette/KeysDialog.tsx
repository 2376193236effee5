import { firstKey, grouped, useCommands } from "@/state/commands";
import { Dialog, Kbd } from "@/ui";

/** Every key that does something here and now. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  const commands = useCommands((state) => state.commands);
  const withKeys = [...commands.values()].filter((command) => firstKey(command) !== undefined);
  return (
    <Dialog open onClose={onClose} title="Keys" size="wide">
      <div className="columns-1 gap-8 sm:columns-2">
        {grouped(withKeys).map(([group, members]) => (
          <section key={group} className="mb-4 break-inside-avoid">
            <h3 className="mb-1 text-small text-faint">{group}</h3>
            <dl>
              {members.map((command) => (
                <div key={command.id} className="flex h-7 items-center justify-between gap-4">
                  <dt className="truncate">{command.title}</dt>
                  <dd>
                    <Kbd keys={firstKey(command) ?? ""} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
