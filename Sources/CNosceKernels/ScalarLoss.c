// Softmax over the vocabulary by its definition, one number at a time, summing in double precision.

#include "Scalar.h"

/// The log of the sum of e^(factor * number).
static double log_normaliser(ptrdiff_t count, const float *row, double factor) {
  double most = -INFINITY, sum = 0;
  for (ptrdiff_t i = 0; i < count; i++) most = fmax(most, row[i] * factor);
  for (ptrdiff_t i = 0; i < count; i++) sum += exp(row[i] * factor - most);
  return most + log(sum);
}

double nosce_cross_entropy_scalar(
    ptrdiff_t rows, ptrdiff_t vocabulary, float cap, float *logits, const int32_t *targets,
    float scale, nosce_type type, void *dlogits) {
  double loss = 0;
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = logits + r * vocabulary;
    double most = -INFINITY, sum = 0;
    for (ptrdiff_t i = 0; i < vocabulary; i++) most = fmax(most, capped(row[i], cap));
    for (ptrdiff_t i = 0; i < vocabulary; i++) sum += exp(capped(row[i], cap) - most);
    const double normaliser = most + log(sum);
    if (targets[r] >= 0) loss += normaliser - capped(row[targets[r]], cap);
    for (ptrdiff_t i = 0; i < vocabulary; i++) {
      const double logit = capped(row[i], cap);
      const double d = scale * (exp(logit - normaliser) - (i == targets[r] ? 1 : 0));
      put(type, dlogits, r * vocabulary + i, targets[r] < 0 ? 0 : d * cap_slope(logit, cap));
    }
  }
  return loss;
}

void nosce_log_probabilities_scalar(
    ptrdiff_t rows, ptrdiff_t vocabulary, const float *logits, const int32_t *tokens,
    float *result) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = logits + r * vocabulary;
    result[r] = (float)(row[tokens[r]] - log_normaliser(vocabulary, row, 1));
  }
}

int32_t nosce_sample_scalar(
    ptrdiff_t vocabulary, const float *logits, float temperature, float uniform, float *scratch) {
  (void)scratch;
  int32_t best = 0, likely = 0;
  for (ptrdiff_t i = 1; i < vocabulary; i++) {
    if (logits[i] > logits[best]) best = (int32_t)i;
  }
  if (temperature <= 0) return best;
  const double normaliser = log_normaliser(vocabulary, logits, 1 / (double)temperature);
  double passed = 0;
  for (ptrdiff_t i = 0; i < vocabulary; i++) {
    const double p = exp(logits[i] / (double)temperature - normaliser);
    passed += p;
    if (p > 0) likely = (int32_t)i;
    if (passed > uniform) return likely;
  }
  return likely;
}
