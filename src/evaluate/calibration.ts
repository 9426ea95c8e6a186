/** Answers whose probability lies in one range. */
export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly answers: number;
  /** Means over the answers: of the probability, and of the exact match, both 0 to 1. */
  readonly confidence: number;
  readonly accuracy: number;
}

export interface Calibration {
  readonly bins: readonly CalibrationBin[];
  /**
   * The expected calibration error: the distance of confidence and accuracy of each bin, weighted by its answers (Guo et
   * al., arXiv:1706.04599, equation 3). 0 is perfect, 1 is the worst.
   */
  readonly expectedCalibrationError: number;
}

/** How far the probabilities of answers are from how often they are right, in bins of equal width; empty ones are left out. */
export function calibrate(
  answers: readonly { readonly probability: number; readonly correct: boolean }[],
  count = 10,
): Calibration {
  const bins = Array.from({ length: count }, (_, index): CalibrationBin => {
    const [from, to] = [index / count, (index + 1) / count];
    const own = answers.filter(
      ({ probability }) => Math.min(count - 1, Math.floor(probability * count)) === index,
    );
    const mean = (read: (answer: (typeof own)[number]) => number) =>
      own.reduce((sum, answer) => sum + read(answer), 0) / own.length;
    return {
      from,
      to,
      answers: own.length,
      confidence: mean(({ probability }) => probability),
      accuracy: mean(({ correct }) => Number(correct)),
    };
  }).filter((bin) => bin.answers > 0);
  const expectedCalibrationError = bins.reduce(
    (sum, bin) => sum + (bin.answers / answers.length) * Math.abs(bin.accuracy - bin.confidence),
    0,
  );
  return { bins, expectedCalibrationError };
}
