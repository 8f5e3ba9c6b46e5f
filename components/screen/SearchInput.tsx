'use client';

import { useEffect, useRef, useState } from 'react';
import { Input } from '@/components/ui/Input';

/** A search that follows the typing after a quarter of a second. `/` goes to it. */
export function SearchInput(props: {
  label: string;
  value: string;
  maxLength: number;
  onChange: (text: string) => void;
}) {
  const { value, onChange } = props;
  const [typed, setTyped] = useState(value);
  const given = useRef(value);
  // The address may change by itself (back, a cleared filter): follow it, but never under the typing hand.
  useEffect(() => {
    if (value === given.current) return;
    given.current = value;
    setTyped(value);
  }, [value]);
  useEffect(() => {
    if (typed.trim() === given.current) return;
    const timer = setTimeout(() => {
      given.current = typed.trim();
      onChange(typed.trim());
    }, 250);
    return () => clearTimeout(timer);
  }, [typed, onChange]);
  return (
    <Input
      type="search"
      aria-label={props.label}
      placeholder={`${props.label}  /`}
      value={typed}
      maxLength={props.maxLength}
      onChange={(event) => setTyped(event.target.value)}
      onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
      className="col-span-2 sm:max-w-72"
    />
  );
}
