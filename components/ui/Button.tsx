/** The small parts every screen is made of; they know nothing about databases. */
import type { ButtonHTMLAttributes, ReactNode } from 'react';

export type ButtonVariant = 'primary' | 'secondary' | 'quiet' | 'danger';

const looks: Record<ButtonVariant, string> = {
  primary: 'border-transparent bg-accent text-on-accent hover:brightness-110',
  secondary: 'border-line-strong bg-raised text-text hover:bg-hover',
  quiet: 'border-transparent bg-transparent text-muted hover:bg-hover hover:text-text',
  danger: 'border-transparent bg-critical text-on-critical hover:brightness-110',
};
const sizes = {
  small: 'h-7 px-2 text-[12px] max-sm:h-9 max-sm:px-3',
  medium: 'h-8 px-3 text-[13px] max-sm:h-11 max-sm:px-4',
};

/** Classes of a button, for links that look like one. */
export function buttonClass(
  variant: ButtonVariant = 'secondary',
  size: keyof typeof sizes = 'medium',
) {
  return `inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md border font-medium transition-colors disabled:cursor-not-allowed disabled:opacity-50 ${looks[variant]} ${sizes[size]}`;
}

/** A button; `type` is `button` unless said otherwise, so that none sends a form by accident. */
export function Button({
  variant = 'secondary',
  size = 'medium',
  className = '',
  type = 'button',
  children,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & {
  variant?: ButtonVariant;
  size?: keyof typeof sizes;
  children: ReactNode;
}) {
  return (
    <button type={type} className={`${buttonClass(variant, size)} ${className}`} {...rest}>
      {children}
    </button>
  );
}
