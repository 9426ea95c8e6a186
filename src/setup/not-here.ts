/** Why one step of the search for LibTorch found nothing; the next step is tried. */
export class NotHere extends Error {}
