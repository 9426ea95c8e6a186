// The stand-in's libcuda: what LibTorch asks of the driver itself.
extern "C" {

int standInNothing() { return 0; }

int cuDevicePrimaryCtxGetState(int, unsigned* flags, int* isActive) {
  *flags = 0;
  *isActive = 1;
  return 0;
}

int cuGetErrorString(int, const char** text) {
  *text = "an error of the stand-in";
  return 0;
}

}  // extern "C"
