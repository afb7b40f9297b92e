"""What an account keeps of its calls, and the faults that it answers with."""
