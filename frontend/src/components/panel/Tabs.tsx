import { useId, useRef, type KeyboardEvent, type ReactElement, type ReactNode } from "react";

export interface TabItem<Name extends string> {
  readonly name: Name;
  readonly label: string;
  readonly count?: number;
}

interface TabsProps<Name extends string> {
  readonly tabs: readonly TabItem<Name>[];
  readonly selected: Name;
  readonly onSelect: (name: Name) => void;
  readonly children: ReactNode;
}

export function Tabs<Name extends string>(props: TabsProps<Name>): ReactElement {
  const { tabs, selected, onSelect, children } = props;
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const press = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = tabs.findIndex(({ name }) => name === selected);
    const wanted = (at + step + tabs.length) % tabs.length;
    const tab = tabs[wanted];
    if (tab) onSelect(tab.name);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[wanted]?.focus();
  };
  return (
    <>
      <div className="sv-tabs" role="tablist" ref={list} onKeyDown={press}>
        {tabs.map(({ name, label, count }) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`${id}-${name}`}
            aria-selected={name === selected}
            aria-controls={`${id}-body`}
            tabIndex={name === selected ? 0 : -1}
            onClick={() => onSelect(name)}
          >
            {label}
            {count !== undefined && <span className="sv-count">{count}</span>}
          </button>
        ))}
      </div>
      <div
        className="sv-tab-body"
        role="tabpanel"
        id={`${id}-body`}
        aria-labelledby={`${id}-${selected}`}
        tabIndex={0}
      >
        {children}
      </div>
    </>
  );
}
