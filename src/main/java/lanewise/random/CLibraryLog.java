package lanewise.random;

import static java.lang.Math.fma;

/**
 * The natural logarithm, to the last bit as the GNU C library computes it (2.28 and later, on a
 * processor with FMA): NumPy calls that one, and neither the correctly rounded logarithm nor {@link
 * StrictMath#log} always agrees with it.
 *
 * <p>x = 2ᵏ·z with z in [0.6875, 1.375), which is cut into 128 intervals. With c near the middle of
 * z's interval, log x = k log 2 + log c + log(z/c), where z/c = 1 + r and log(1 + r) = r + r²·P(r).
 * c is such that log c is a multiple of 2⁻⁴³ to within 2⁻⁶⁷, so that k log 2 + log c is exact. Near
 * 1 a longer polynomial alone gives log x.
 *
 * <p>The algorithm and the coefficients of its two polynomials are those of Arm Optimized Routines
 * (Copyright 2018 Arm Limited, MIT licence), from which the GNU C library has them. The table was
 * searched for anew by the property above, and where that leaves a choice, by comparing the results
 * over each interval.
 */
final class CLibraryLog {
  private static final double LN2_HIGH = 0x1.62e42fefa38p-1;
  private static final double LN2_LOW = 0x1.ef35793c7673p-45;
  private static final long LOWEST_Z = Double.doubleToRawLongBits(0.6875);

  /** P from its lowest power on. */
  private static final double[] P = {
    -0x1.0000000000001p-1,
    0x1.555555551305bp-2,
    -0x1.fffffffeb459p-3,
    0x1.999b324f10111p-3,
    -0x1.55575e506c89fp-3
  };

  /** The polynomial near 1, from the power 2 on. */
  private static final double[] Q = {
    -0x1p-1,
    0x1.5555555555577p-2,
    -0x1.ffffffffffdcbp-3,
    0x1.999999995dd0cp-3,
    -0x1.55555556745a7p-3,
    0x1.24924a344de58p-3,
    -0x1.fffffa4423d65p-4,
    0x1.c7184282ad6cap-4,
    -0x1.999eb43b068ffp-4,
    0x1.78182f7afd085p-4,
    -0x1.5521375d145cdp-4
  };

  /** 1/c for each interval. */
  private static final double[] RECIPROCAL = {
    0x1.734f0c3e0de9fp+0, 0x1.713786a2ce91fp+0, 0x1.6f26008fab5ap+0, 0x1.6d1a61f138c7dp+0,
    0x1.6b1490bc5b4d1p+0, 0x1.69147332f0cbap+0, 0x1.6719f18224223p+0, 0x1.6524f99a51ed9p+0,
    0x1.63356aa8f24c4p+0, 0x1.614b36b9ddc14p+0, 0x1.5f66452c65c4cp+0, 0x1.5d867b5912c4fp+0,
    0x1.5babccb5b90dep+0, 0x1.59d61f2d91a78p+0, 0x1.5805612465687p+0, 0x1.56397cee76bd3p+0,
    0x1.54725e2a77f93p+0, 0x1.52aff42064583p+0, 0x1.50f22dbb2bddfp+0, 0x1.4f38f4734ded7p+0,
    0x1.4d843cfde284p+0, 0x1.4bd3ec078a3c8p+0, 0x1.4a27fc3e0258ap+0, 0x1.4880524d48434p+0,
    0x1.46dce1b192d0bp+0, 0x1.453d9d3391854p+0, 0x1.43a2744b4845ap+0, 0x1.420b54115f8fbp+0,
    0x1.40782da3ef4b1p+0, 0x1.3ee8f5d57fe8fp+0, 0x1.3d5d9a00b4ce9p+0, 0x1.3bd60c010c12bp+0,
    0x1.3a5242b75dab8p+0, 0x1.38d22cd9fd002p+0, 0x1.3755bc5847a1cp+0, 0x1.35dce49ad36e2p+0,
    0x1.34679984dd44p+0, 0x1.32f5cceffcb24p+0, 0x1.3187775a10d49p+0, 0x1.301c8373e399p+0,
    0x1.2eb4ebb95f841p+0, 0x1.2d50a0219a9d1p+0, 0x1.2bef9a8b7fd2ap+0, 0x1.2a91c7a0c1babp+0,
    0x1.293726014b53p+0, 0x1.27dfa5757a1f5p+0, 0x1.268b39b1d3bbfp+0, 0x1.2539d838ff5bdp+0,
    0x1.23eb7aac9083bp+0, 0x1.22a012ba940b6p+0, 0x1.2157996cc4132p+0, 0x1.201201dd2fc9bp+0,
    0x1.1ecf4494d480bp+0, 0x1.1d8f5528f6569p+0, 0x1.1c52311577e7cp+0, 0x1.1b17c74cb26e9p+0,
    0x1.19e010c2c1ab6p+0, 0x1.18ab07bb670bdp+0, 0x1.1778a25efbcb6p+0, 0x1.1648d354c31dap+0,
    0x1.151b990275fddp+0, 0x1.13f0ea432d24cp+0, 0x1.12c8b7210f9dap+0, 0x1.11a3028ecb531p+0,
    0x1.107fbda8434afp+0, 0x1.0f5ee0f4e6bb3p+0, 0x1.0e4065d2a9fcep+0, 0x1.0d244632ca521p+0,
    0x1.0c0a77ce2981ap+0, 0x1.0af2f83c636d1p+0, 0x1.09ddb98a01339p+0, 0x1.08cabaf52e7dfp+0,
    0x1.07b9f2f4e28fbp+0, 0x1.06ab58c358f19p+0, 0x1.059eea5ecf92cp+0, 0x1.04949cdd12c9p+0,
    0x1.038c6c6f0ada9p+0, 0x1.02865137932a9p+0, 0x1.0182427ea7348p+0, 0x1.008040614b195p+0,
    0x1.fe01ff726fa1ap-1, 0x1.fa11cc261ea74p-1, 0x1.f6310b081992ep-1, 0x1.f25f63ceeadcdp-1,
    0x1.ee9c8039113e7p-1, 0x1.eae8078cbb1abp-1, 0x1.e741aa29d0c9bp-1, 0x1.e3a91830a99b5p-1,
    0x1.e01e009609a56p-1, 0x1.dca01e577bb98p-1, 0x1.d92f20b7c9103p-1, 0x1.d5cac66fb5ccep-1,
    0x1.d272caa5ede9dp-1, 0x1.cf26e3e6b2ccdp-1, 0x1.cbe6da2a77902p-1, 0x1.c8b266d37086dp-1,
    0x1.c5894bd5d5804p-1, 0x1.c26b533bb9f8cp-1, 0x1.bf583eeece73fp-1, 0x1.bc4fd75db96c1p-1,
    0x1.b951e0c864a28p-1, 0x1.b65e2c5ef3e2cp-1, 0x1.b374867c9888bp-1, 0x1.b094b211d304ap-1,
    0x1.adbe885f2ef7ep-1, 0x1.aaf1d31603da2p-1, 0x1.a82e63fd358a7p-1, 0x1.a5740ef09738bp-1,
    0x1.a2c2a90ab4b27p-1, 0x1.a01a01393f2d1p-1, 0x1.9d79f24db3c1bp-1, 0x1.9ae2505c7b19p-1,
    0x1.9852ef297ce2fp-1, 0x1.95cbaeea44b75p-1, 0x1.934c69de74838p-1, 0x1.90d4f2f6752e6p-1,
    0x1.8e6528effd79dp-1, 0x1.8bfce9fcc007cp-1, 0x1.899c0dabec30ep-1, 0x1.87427aa2317fbp-1,
    0x1.84f00acb39a08p-1, 0x1.82a49e8653e55p-1, 0x1.8060195f4026p-1, 0x1.7e22563e0a329p-1,
    0x1.7beb377dcb5adp-1, 0x1.79baa679725c2p-1, 0x1.77907f2170657p-1, 0x1.756cadbd6130cp-1
  };

  private static final double[] LOG_C = new double[RECIPROCAL.length];

  static {
    for (int i = 0; i < LOG_C.length; i++) {
      LOG_C[i] = Math.rint(-StrictMath.log(RECIPROCAL[i]) * 0x1p43) * 0x1p-43;
    }
  }

  private CLibraryLog() {}

  /** log x for a positive, normal, finite {@code x}. */
  static double log(double x) {
    return x >= 1 - 0x1p-4 && x < 1 + 0x1.09p-4 ? nearOne(x - 1) : general(x);
  }

  private static double general(double x) {
    long bits = Double.doubleToRawLongBits(x) - LOWEST_Z;
    double k = (double) (bits >> 52);
    int i = (int) (bits >>> 45) & 127;
    double z = Double.longBitsToDouble(LOWEST_Z + (bits & ((1L << 52) - 1)));
    double r = fma(z, RECIPROCAL[i], -1);
    double exact = fma(k, LN2_HIGH, LOG_C[i]);
    double high = exact + r;
    double low = fma(k, LN2_LOW, exact - high + r);
    double r2 = r * r;
    double higher = fma(r2, fma(r, P[4], P[3]), fma(r, P[2], P[1]));
    return fma(r * r2, higher, fma(r2, P[0], low)) + high;
  }

  /** log(1 + r). */
  private static double nearOne(double r) {
    double r2 = r * r;
    double r3 = r * r2;
    double sum = fma(r3, Q[10], fma(r2, Q[9], fma(r, Q[8], Q[7])));
    sum = fma(r3, sum, fma(r2, Q[6], fma(r, Q[5], Q[4])));
    sum = fma(r3, sum, fma(r2, Q[3], fma(r, Q[2], Q[1])));
    // r − r²/2 in two parts, the square taken from the upper half of r's bits, where it is exact.
    double scaled = r * 0x1p27;
    double upper = r + scaled - scaled;
    double lower = r - upper;
    double half = upper * upper * Q[0];
    double high = r + half;
    double low = fma(Q[0] * lower, upper + r, r - high + half);
    return fma(r3, sum, low) + high;
  }
}
