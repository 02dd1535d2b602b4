// tanh, the logit cap and the normal distribution's tail, sixteen at a time.
// Included by each compilation of Kernels.h.

/// tanh(x), within 3 units in the last place; exactly odd functions are not promised.
INLINE v16 hyperbolic_tangent(v16 x) {
  // From 9.02 on, tanh is 1 in single precision.
  const v16 end = splat(9.5f);
  x = x > end ? end : x;
  x = x < -end ? -end : x;
  // m = e^(2x) - 1 without cancellation: 2^n (e^r - 1) + (2^n - 1); see `exponential`.
  const v16 y = x + x, magic = splat(12582912.0f);
  const v16 shifted = y * splat(1.44269504088896341f) + magic;
  const v16 n = shifted - magic;
  v16 r = y - n * splat(0.693359375f);
  r = r - n * splat(-2.12194440e-4f);
  v16 p = splat(1.9875691500e-4f);
  p = p * r + splat(1.3981999507e-3f);
  p = p * r + splat(8.3334519073e-3f);
  p = p * r + splat(4.1665795894e-2f);
  p = p * r + splat(1.6666665459e-1f);
  p = p * r + splat(5.0000001201e-1f);
  p = p * (r * r) + r;
  union {
    v16 f;
    i16 i;
  } bits, power;
  bits.f = splat(1);
  power.f = shifted;
  bits.i = bits.i + (power.i << 23);
  const v16 m = p * bits.f + (bits.f - splat(1));
  return m / (m + splat(2));
}

/// cap * tanh(x / cap), given also 1 / cap.
INLINE v16 soft_capped(v16 x, v16 cap, v16 inverse_cap) {
  return cap * hyperbolic_tangent(x * inverse_cap);
}

/// How likely a normal number is above |x|, within 5e-7 of itself; `bell` receives e^(-x^2 / 2).
INLINE v16 normal_tail(v16 x, v16 *bell) {
  const v16 distance = x < splat(0) ? -x : x;
  // The tail is the bell times a slowly falling function, here t times a polynomial in t. Its
  // coefficients were fitted over 0 to 14 for the least relative error, 2.4e-8.
  const v16 t = splat(1) / (splat(1) + splat(0.27f) * distance);
  v16 p = splat(0.028914952650666237f);
  p = p * t + splat(-0.12625379860401154f);
  p = p * t + splat(0.16928856074810028f);
  p = p * t + splat(-0.06861792504787445f);
  p = p * t + splat(0.10739745944738388f);
  p = p * t + splat(0.07224107533693314f);
  p = p * t + splat(0.10175897926092148f);
  p = p * t + splat(0.10755053162574768f);
  p = p * t + splat(0.10772018134593964f);
  *bell = exponential(splat(-0.5f) * (x * x));
  return *bell * (t * p);
}
