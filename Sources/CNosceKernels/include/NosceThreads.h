// What threads that wait for each other awake tell the processor.

#ifndef NOSCE_THREADS_H
#define NOSCE_THREADS_H

/// Lets the other hardware thread of the core go on while this one waits.
static inline void nosce_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif
