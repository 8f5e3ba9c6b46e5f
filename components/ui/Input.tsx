import type { ComponentProps } from 'react';

/** 16 px on a phone: with less, its browser zooms in at the first touch. */
const box =
  'w-full min-w-0 rounded-md border border-line-strong bg-field px-2.5 text-[13px] text-text max-sm:text-[16px] placeholder:text-muted aria-invalid:border-critical disabled:opacity-60';

/** A line of text. */
export function Input({ className = '', ...rest }: ComponentProps<'input'>) {
  return <input className={`${box} h-8 max-sm:h-11 ${className}`} {...rest} />;
}

/** Several lines of text. */
export function Textarea({ className = '', ...rest }: ComponentProps<'textarea'>) {
  return <textarea className={`${box} py-1.5 ${className}`} {...rest} />;
}

/** The browser's own choice list: works by keyboard and on a phone. */
export function Select({ className = '', ...rest }: ComponentProps<'select'>) {
  return <select className={`${box} h-8 max-sm:h-11 ${className}`} {...rest} />;
}
